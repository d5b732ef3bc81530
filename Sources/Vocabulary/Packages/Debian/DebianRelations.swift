// SPDX-License-Identifier: Apache-2.0

/// One package relation: a name, an architecture qualifier and a version constraint, each but the name optional
/// (Debian Policy 7.1).
package struct DebianRelation: Sendable, Equatable, CustomStringConvertible {
    package enum Operator: String, Sendable {
        case less = "<<"
        case atMost = "<="
        case equal = "="
        case atLeast = ">="
        case greater = ">>"
    }

    /// `name:any` and `name:arm64` (dpkg's multiarch specification).
    package enum Qualifier: Sendable, Equatable {
        case any
        case native
        case architecture(String)
    }

    package struct Constraint: Sendable, Equatable {
        package let relation: Operator
        package let version: DebianVersion

        package init(_ relation: Operator, _ version: DebianVersion) {
            self.relation = relation
            self.version = version
        }

        package func accepts(_ candidate: DebianVersion) -> Bool {
            switch relation {
            case .less: candidate < version
            case .atMost: candidate <= version
            case .equal: candidate == version
            case .atLeast: candidate >= version
            case .greater: candidate > version
            }
        }
    }

    package let name: PackageName
    package let qualifier: Qualifier?
    package let constraint: Constraint?

    package init(_ name: PackageName, qualifier: Qualifier? = nil, _ constraint: Constraint? = nil) {
        self.name = name
        self.qualifier = qualifier
        self.constraint = constraint
    }

    package var description: String {
        let architecture =
            switch qualifier {
            case nil: ""
            case .any: ":any"
            case .native: ":native"
            case .architecture(let name): ":\(name)"
            }
        return name.text + architecture
            + (constraint.map { " (\($0.relation.rawValue) \($0.version))" } ?? "")
    }
}

/// What stands between two commas of a relation field: one relation, or alternatives in order of preference.
package struct DebianRelationGroup: Sendable, Equatable, CustomStringConvertible {
    package let alternatives: [DebianRelation]
    /// As the package states it, folded lines and repeated blanks joined.
    package let text: String
    package var description: String { text }

    package init(_ alternatives: [DebianRelation], text: String) {
        self.alternatives = alternatives
        self.text = text
    }
}

/// Relation fields of binary packages: Depends, Pre-Depends, Provides, Conflicts, Breaks, Replaces.
package enum DebianRelations {
    package static let limits = (groups: 20_000, alternatives: 1000)

    /// Reads a field's value. The old operators `<` and `>` mean `<=` and `>=` (Policy 7.1). Architecture lists and
    /// build profiles have no meaning in a binary package and are refused.
    package static func parse(_ text: some StringProtocol) throws(DebianRelationError)
        -> [DebianRelationGroup]
    {
        var groups: [DebianRelationGroup] = []
        for part in Substring(text).utf8.split(separator: 0x2C) {
            var alternatives: [DebianRelation] = []
            for alternative in part.split(separator: 0x7C, omittingEmptySubsequences: false) {
                let trimmed = trim(alternative)
                if trimmed.isEmpty {
                    // A trailing comma or a blank value holds no relation; a lone bar is a mistake.
                    if part.contains(0x7C) { throw .empty(String(Substring(part))) }
                    continue
                }
                alternatives.append(try relation(Substring(trimmed)))
            }
            guard alternatives.count <= limits.alternatives, groups.count < limits.groups else {
                throw .tooMany
            }
            if !alternatives.isEmpty {
                groups.append(DebianRelationGroup(alternatives, text: normalised(Substring(part))))
            }
        }
        return groups
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

    private static func trim(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    private static func normalised(_ text: Substring) -> String {
        text.utf8.split(whereSeparator: isBlank).map { String(Substring($0)) }.joined(separator: " ")
    }

    /// `name[:qualifier] [(operator version)]`
    private static func relation(_ text: Substring) throws(DebianRelationError) -> DebianRelation {
        let whole = String(text)
        if let bracket = text.utf8.first(where: { $0 == 0x5B || $0 == 0x3C }),
            bracket == 0x5B || !text.contains("(")
        {
            throw .buildSyntax(whole)
        }
        let head = trim(text.utf8.prefix { $0 != 0x28 })
        let parts = head.split(separator: 0x3A, omittingEmptySubsequences: false).map { Substring($0) }
        guard let first = parts.first, let name = PackageName(first), parts.count <= 2 else {
            throw .malformed(whole)
        }
        var qualifier: DebianRelation.Qualifier?
        if parts.count == 2 {
            switch parts[1] {
            case "any": qualifier = .any
            case "native": qualifier = .native
            case let other:
                guard PackageName(other) != nil else { throw .malformed(whole) }
                qualifier = .architecture(String(other))
            }
        }
        let rest = text.utf8.drop { $0 != 0x28 }
        return DebianRelation(
            name, qualifier: qualifier, rest.isEmpty ? nil : try constraint(rest, in: whole))
    }

    /// `(operator version)`, blanks free; what follows the parenthesis may only be build syntax, which is refused.
    private static func constraint(
        _ text: Substring.UTF8View, in whole: String
    ) throws(DebianRelationError) -> DebianRelation.Constraint {
        let body = text.dropFirst()
        guard let close = body.firstIndex(of: 0x29) else { throw .malformed(whole) }
        let behind = trim(body[body.index(after: close)...])
        guard behind.isEmpty else {
            throw behind.first == 0x5B || behind.first == 0x3C ? .buildSyntax(whole) : .malformed(whole)
        }
        let inner = trim(body[..<close])
        let sign = inner.prefix { $0 == 0x3C || $0 == 0x3D || $0 == 0x3E }
        guard let version = DebianVersion(Substring(trim(inner.dropFirst(sign.count)))) else {
            throw .malformed(whole)
        }
        let relation: DebianRelation.Operator? =
            switch String(Substring(sign)) {
            case "<<": .less
            case "<=", "<": .atMost
            case "=": .equal
            case ">=", ">": .atLeast
            case ">>": .greater
            default: nil
            }
        guard let relation else { throw .malformed(whole) }
        return DebianRelation.Constraint(relation, version)
    }
}

/// Why a relation field cannot be read.
package enum DebianRelationError: Error, Equatable, CustomStringConvertible {
    case malformed(String)
    case empty(String)
    case buildSyntax(String)
    case tooMany

    package var description: String {
        switch self {
        case .malformed(let text):
            "'\(text)' is no package relation; expected NAME, NAME:ARCH or NAME (OPERATOR VERSION)"
        case .empty(let text): "'\(text)' has an empty alternative"
        case .buildSyntax(let text):
            "'\(text)' has an architecture list or a build profile, which only source packages can have"
        case .tooMany:
            "more than \(DebianRelations.limits.groups) relations or \(DebianRelations.limits.alternatives) alternatives"
        }
    }
}
