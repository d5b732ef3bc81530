// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension RepositoryLine {
    /// A line of `contents.repositories`: apt's one-line form (sources.list(5), "ONE-LINE-STYLE FORMAT") without
    /// the options that would weaken the check of the signature, or `deb system SUITE COMPONENT…`.
    init(debian text: String) throws(RepositoryLineError) {
        var rest = text.trimmingBlanks
        let type = Self.word(&rest)
        guard type != "deb-src" else {
            throw RepositoryLineError(reason: "sources are not needed; write the line with 'deb'")
        }
        let signedBy = try Self.options(&rest)
        let place = Self.word(&rest)
        guard !place.isEmpty else {
            throw RepositoryLineError(reason: "a place must follow 'deb': 'system' or a URL")
        }
        let suite = Self.word(&rest)
        guard !suite.isEmpty else {
            throw RepositoryLineError(
                reason: "a suite and its components must follow '\(place)', as in 'trixie main'")
        }
        guard !suite.hasSuffix("/") else {
            throw RepositoryLineError(
                reason: "flat repositories (a suite that ends in '/') are not supported yet")
        }
        guard Self.isPlain(suite) else { throw RepositoryLineError(reason: "'\(suite)' is no suite's name") }
        var components: [String] = []
        while case let component = Self.word(&rest), !component.isEmpty {
            guard Self.isPlain(component) else {
                throw RepositoryLineError(reason: "'\(component)' is no component's name")
            }
            guard !components.contains(component) else {
                throw RepositoryLineError(reason: "the component '\(component)' is named twice")
            }
            components.append(component)
        }
        guard !components.isEmpty else {
            throw RepositoryLineError(reason: "a component must follow the suite, as in '\(suite) main'")
        }
        if place == "system" {
            guard signedBy.isEmpty else {
                throw RepositoryLineError(
                    reason: "'deb system' takes its keyring from apt; remove the options")
            }
            self = .debianSystem(suite: suite, components: components)
        } else {
            self = .debian(
                url: try Self.url(place, of: ["https://", "http://", "file:///"]), suite: suite,
                components: components, signedBy: signedBy)
        }
    }

    /// `[signed-by=FILE,FILE]`, nothing else.
    private static func options(_ rest: inout Substring) throws(RepositoryLineError) -> [String] {
        rest = rest.drop { $0 == " " || $0 == "\t" }
        guard rest.first == "[" else { return [] }
        guard let end = rest.firstIndex(of: "]") else {
            throw RepositoryLineError(reason: "the '[' is not closed")
        }
        let options = rest[rest.index(after: rest.startIndex)..<end].split { $0 == " " || $0 == "\t" }
        rest = rest[rest.index(after: end)...]
        var files: [String] = []
        for option in options {
            guard let equal = option.firstIndex(of: "=") else {
                throw RepositoryLineError(reason: "the option '\(option)' has no value")
            }
            let value = option[option.index(after: equal)...]
            switch option[..<equal] {
            case "signed-by":
                files += value.split(separator: ",").map(String.init)
                guard !files.isEmpty else {
                    throw RepositoryLineError(reason: "signed-by must name a keyring file")
                }
                guard files.allSatisfy({ !isFingerprint($0) }) else {
                    throw RepositoryLineError(
                        reason: "signed-by must name a keyring file; fingerprints are not supported yet")
                }
            case "trusted", "allow-insecure", "allow-weak", "check-valid-until", "check-date":
                throw RepositoryLineError(
                    reason:
                        "the option '\(option[..<equal])' would switch off a check and is refused; --allow-unsigned accepts unsigned repositories for one run"
                )
            case let name:
                throw RepositoryLineError(
                    reason: "the option '\(name)' is not supported yet; only signed-by is")
            }
        }
        return files
    }

    private static func isFingerprint(_ text: String) -> Bool {
        let digits = text.hasSuffix("!") ? text.dropLast() : Substring(text)
        return digits.count >= 16 && digits.allSatisfy(\.isHexDigit)
    }

    /// Suites and components become parts of URLs.
    private static func isPlain(_ text: String) -> Bool {
        !text.contains("..") && !text.hasPrefix("/") && !text.hasPrefix(".")
            && text.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x2F, 0x5F, 0x7E: true
                default: false
                }
            }
    }
}
