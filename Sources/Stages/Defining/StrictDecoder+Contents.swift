// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension StrictDecoder {
    private static let contentsKeys = Keys(
        context: "'contents'", known: ["repositories", "keyring", "packages", "keep", "drop"],
        later: [
            "build_repositories": "write them under 'repositories'",
            "runtime_repositories": "an image has no package manager that would read them",
            "runtime_keyring": "an image has no package manager that would read it",
            "baseimage": nil,
        ])

    mutating func contents(_ node: YAMLNode?) -> ImageDefinition.Contents {
        var contents = ImageDefinition.Contents()
        guard let node, let fields = fields(node, Self.contentsKeys) else { return contents }
        for item in list(fields["repositories"], "repositories") {
            guard let text = line(item, "repositories") else { continue }
            do throws(RepositoryLineError) {
                contents.repositories.append(Located(try RepositoryLine(parsing: text), at: item.location))
            } catch {
                bad(item, "repositories", text, error.reason)
            }
        }
        for item in list(fields["keyring"], "keyring") {
            guard let path = line(item, "keyring") else { continue }
            if path.contains("://") {
                bad(item, "keyring", path, "keyrings are not downloaded yet; name a file of this machine")
            } else {
                contents.keyring.append(Located(path, at: item.location))
            }
        }
        contents.packages = requests(fields["packages"])
        contents.keep = names(fields["keep"], "keep")
        contents.drop = names(fields["drop"], "drop")
        for kept in contents.keep where contents.drop.contains(where: { $0.value == kept.value }) {
            fail(
                .badValue(key: "keep", value: kept.value.text, reason: "it stands under 'drop' too"),
                at: kept.location)
        }
        return contents
    }

    private mutating func names(_ node: YAMLNode?, _ key: String) -> [Located<PackageName>] {
        var names: [Located<PackageName>] = []
        for item in list(node, key) {
            guard let text = line(item, key) else { continue }
            if let name = PackageName(text) {
                names.append(Located(name, at: item.location))
            } else {
                bad(item, key, text, "it is not a package's name")
            }
        }
        return names
    }

    private mutating func requests(_ node: YAMLNode?) -> [Located<PackageRequest>] {
        var requests: [Located<PackageRequest>] = []
        for item in list(node, "packages") {
            guard let text = line(item, "packages") else { continue }
            do throws(PackageRequestError) {
                let request = try PackageRequest(parsing: text)
                if requests.contains(where: { $0.value == request }) {
                    report(
                        Diagnostic(
                            .warning, .duplicateRequest, "'\(request)' is asked for twice", at: item.location)
                    )
                } else {
                    requests.append(Located(request, at: item.location))
                }
            } catch {
                bad(item, "packages", text, error.reason)
            }
        }
        return requests
    }
}

/// Why a text asks for no package.
struct PackageRequestError: Error, Equatable { let reason: String }

extension PackageRequest {
    /// `name`, `name=1.2-3`, `name>=1.2` …; apko's other spellings are refused with a sentence.
    init(parsing text: String) throws(PackageRequestError) {
        if text.hasPrefix("!") {
            throw PackageRequestError(reason: "'!name' is not supported yet; write the name under 'drop'")
        }
        guard let split = text.firstIndex(where: { "=<>~@".contains($0) }) else {
            self.init(try Self.name(text), nil)
            return
        }
        let rest = text[split...]
        let name = try Self.name(text[..<split])
        if rest.hasPrefix("@") {
            throw PackageRequestError(reason: "repository tags ('@tag') are not supported yet")
        }
        let sign = rest.prefix { "=<>~".contains($0) }
        guard let relation = Operator(rawValue: String(sign)) else {
            throw PackageRequestError(reason: "'\(sign)' is no relation that is supported; use = < > <= >=")
        }
        let version = rest.dropFirst(sign.count).trimmingBlanks
        guard !version.isEmpty,
            version.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2C && $0 != 0x28 && $0 != 0x29 })
        else { throw PackageRequestError(reason: "a version must follow '\(sign)', without blanks") }
        self.init(name, Constraint(relation, String(version)))
    }

    private static func name(_ text: some StringProtocol) throws(PackageRequestError) -> PackageName {
        guard let name = PackageName(String(text).trimmingBlanks) else {
            throw PackageRequestError(
                reason: "it is not a package's name; write one name, as in 'name' or 'name>=1.2'")
        }
        return name
    }
}

extension StringProtocol {
    var trimmingBlanks: Substring {
        var rest = Substring(self)
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest.drop { $0 == " " || $0 == "\t" }
    }
}
