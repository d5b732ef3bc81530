// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Why a text asks for no package.
struct PackageRequestError: Error, Equatable { let reason: String }

extension PackageRequest {
    /// A line of apk's world, which is apko's spelling too (apk-world(5)): `name`, `name=1.2-r3`, `name>=1.2`,
    /// `name~1.2`, `name@tag`, `!name`. The tag stands behind the version, or before the relation.
    init(parsing text: String) throws(PackageRequestError) {
        var rest = text.trimmingBlanks
        let isExcluded = rest.hasPrefix("!")
        if isExcluded { rest = rest.dropFirst() }
        let name = try Self.name(rest.prefix { !Self.signs.contains($0) && $0 != "@" })
        rest = rest.drop { !Self.signs.contains($0) && $0 != "@" }
        var tag = try Self.tag(&rest)
        var constraint: Constraint?
        let sign = rest.prefix { Self.signs.contains($0) }
        if !sign.isEmpty {
            let relation = try Self.relation(sign)
            rest = rest.dropFirst(sign.count)
            let version = rest.prefix { $0 != "@" }.trimmingBlanks
            rest = rest.drop { $0 != "@" }
            guard !version.isEmpty, version.utf8.allSatisfy(Self.isVersionByte) else {
                throw PackageRequestError(reason: "a version must follow '\(sign)', without blanks")
            }
            constraint = Constraint(relation, String(version))
            if tag == nil { tag = try Self.tag(&rest) }
        }
        guard rest.isEmpty else {
            throw PackageRequestError(reason: "nothing may follow the tag '@\(tag ?? "")'")
        }
        self.init(name, constraint, tag: tag, isExcluded: isExcluded)
    }

    private static let signs = "=<>~"

    private static func isVersionByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && !"(),<=>".utf8.contains(byte)
    }

    private static func name(_ text: Substring) throws(PackageRequestError) -> PackageName {
        guard let name = PackageName(String(text).trimmingBlanks) else {
            throw PackageRequestError(
                reason: "it is not a package's name; write one name, as in 'name' or 'name>=1.2'")
        }
        return name
    }

    /// apk takes any run of the four signs; '~' makes a version count as equal to all that begin with it.
    private static func relation(_ sign: Substring) throws(PackageRequestError) -> Operator {
        switch Set(sign) {
        case ["="]: return .equal
        case ["<"]: return .less
        case [">"]: return .greater
        case ["<", "="]: return .atMost
        case [">", "="]: return .atLeast
        case ["~"], ["~", "="]: return .fuzzy
        case ["<", "~"], ["<", "~", "="]: return .fuzzyLess
        case [">", "~"], [">", "~", "="]: return .fuzzyGreater
        default:
            throw PackageRequestError(reason: "'\(sign)' is no relation; use = < > <= >= ~ <~ >~")
        }
    }

    private static func tag(_ rest: inout Substring) throws(PackageRequestError) -> String? {
        guard rest.hasPrefix("@") else { return nil }
        rest = rest.dropFirst()
        let tag = rest.prefix { !signs.contains($0) && $0 != " " && $0 != "\t" }
        rest = rest.dropFirst(tag.count).trimmingBlanks
        guard isTag(tag) else {
            throw PackageRequestError(reason: "a repository's tag must follow '@', as in 'name@edge'")
        }
        return String(tag)
    }

    /// What a repository's tag may be made of.
    static func isTag(_ text: some StringProtocol) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
    }
}
