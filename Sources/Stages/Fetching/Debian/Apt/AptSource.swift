// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// One repository that this machine's apt is configured with: one URI of one entry.
package struct AptSource: Sendable, Equatable {
    /// Which keys may sign it.
    package enum Keyring: Sendable, Equatable {
        /// Those that apt trusts for everything.
        case machine
        case files([HostPath])
        /// Named in a way that is not read yet; the text says how.
        case unsupported(String)
    }

    package let url: String
    package let suites: [String]
    package let keyring: Keyring
    package let place: SourceLocation

    package init(url: String, suites: [String], keyring: Keyring, place: SourceLocation) {
        self.url = url
        self.suites = suites
        self.keyring = keyring
        self.place = place
    }
}

/// Reads apt's two source formats (sources.list(5)). Only enabled entries of type `deb` are returned.
enum AptSourceParser {
    /// The one-line format: `deb [options] URI SUITE COMPONENT…`.
    static func list(_ text: String, file: String) throws(FetchingError) -> [AptSource] {
        var sources: [AptSource] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let place = SourceLocation(file: file, line: number + 1, column: 1)
            var rest = line.prefix { $0 != "#" }.drop(while: isBlank)
            while let last = rest.last, isBlank(last) { rest.removeLast() }
            let type = word(&rest)
            guard type == "deb" else {
                guard type.isEmpty || type == "deb-src" else {
                    throw .aptSource(
                        place: place, reason: "apt's source begins with '\(type)' and not with 'deb'")
                }
                continue
            }
            var options: [Substring] = []
            if rest.first == "[" {
                guard let end = rest.firstIndex(of: "]") else {
                    throw .aptSource(place: place, reason: "the '[' of apt's source is not closed")
                }
                options = rest[rest.index(after: rest.startIndex)..<end].split(whereSeparator: isBlank)
                rest = rest[rest.index(after: end)...].drop(while: isBlank)
            }
            let url = word(&rest)
            let suite = word(&rest)
            guard !url.isEmpty, !suite.isEmpty else {
                throw .aptSource(place: place, reason: "apt's source needs a URI and a suite")
            }
            let signedBy = options.first { $0.lowercased().hasPrefix("signed-by=") }
            sources.append(
                AptSource(
                    url: trimmed(url), suites: [suite],
                    keyring: keyring(signedBy.map { String($0.dropFirst("signed-by=".count)) }), place: place)
            )
        }
        return sources
    }

    /// The deb822 format. Comment lines inside of stanzas are read over.
    static func sources(_ text: [UInt8], file: String) throws(FetchingError) -> [AptSource] {
        let stanzas: [ControlStanza]
        do throws(ControlFileError) {
            stanzas = try ControlFile.parse(text, what: file)
        } catch {
            throw .apt(reason: error.description)
        }
        var sources: [AptSource] = []
        for stanza in stanzas {
            let place = SourceLocation(file: file, line: stanza.line, column: 1)
            let enabled = words(stanza["Enabled"]).first?.lowercased() ?? "yes"
            guard words(stanza["Types"]).contains("deb"),
                !["no", "false", "0", "off", "without", "disable"].contains(enabled)
            else { continue }
            let urls = words(stanza["URIs"])
            let suites = words(stanza["Suites"])
            guard !urls.isEmpty, !suites.isEmpty else {
                throw .aptSource(place: place, reason: "apt's source needs URIs and Suites")
            }
            for url in urls {
                sources.append(
                    AptSource(
                        url: trimmed(url), suites: suites, keyring: keyring(stanza["Signed-By"]), place: place
                    ))
            }
        }
        return sources
    }

    private static func keyring(_ value: String?) -> AptSource.Keyring {
        guard let value, !value.allSatisfy(\.isWhitespace) else { return .machine }
        if value.contains("-----BEGIN") {
            return .unsupported(
                "its Signed-By holds the key itself, which is not supported yet; save it as a file")
        }
        let names = value.split { $0 == "," || $0.isWhitespace }.map(String.init)
        guard names.allSatisfy({ $0.hasPrefix("/") }) else {
            return .unsupported(
                "its Signed-By names a key by fingerprint, which is not supported yet; name a file")
        }
        return .files(names.map { HostPath($0) })
    }

    private static func words(_ text: String?) -> [String] {
        (text ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private static func trimmed(_ url: String) -> String { url.hasSuffix("/") ? String(url.dropLast()) : url }

    private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }

    private static func word(_ rest: inout Substring) -> String {
        let word = rest.prefix { !isBlank($0) }
        rest = rest[word.endIndex...].drop(while: isBlank)
        return String(word)
    }
}
