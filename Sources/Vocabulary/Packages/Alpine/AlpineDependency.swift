// SPDX-License-Identifier: Apache-2.0

/// What an Alpine package states about others: `[!]name[operator version]` (apk-package(5), apk-world(5)). The name may
/// be one that is only provided: `so:libc.musl-x86_64.so.1`, `cmd:ls`, `/bin/sh`.
package struct AlpineDependency: Sendable, Hashable, CustomStringConvertible {
    package enum Constraint: Sendable, Hashable {
        case any
        case version(Operator, AlpineVersion)
        /// `><Q1…`: this very package, by its index's checksum.
        case identity(String)
    }

    /// Any run of `<`, `=`, `>` and `~`; `~` compares only as far as the version goes.
    package struct Operator: OptionSet, Sendable, Hashable, CustomStringConvertible {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let less = Operator(rawValue: 1)
        package static let equal = Operator(rawValue: 2)
        package static let greater = Operator(rawValue: 4)
        package static let fuzzy = Operator(rawValue: 8)

        package var description: String {
            (contains(.less) ? "<" : "") + (contains(.greater) ? ">" : "")
                + (contains(.fuzzy) ? "~" : contains(.equal) ? "=" : "")
        }
    }

    /// `!name`: what matches must not be there.
    package let isConflict: Bool
    package let name: String
    package let constraint: Constraint

    package init(_ name: String, _ constraint: Constraint = .any, isConflict: Bool = false) {
        self.name = name
        self.constraint = constraint
        self.isConflict = isConflict
    }

    package var description: String {
        let condition =
            switch constraint {
            case .any: ""
            case .version(let relation, let version): "\(relation)\(version)"
            case .identity(let checksum): "><\(checksum)"
            }
        return (isConflict ? "!" : "") + name + condition
    }

    /// Whether the constraint holds for something that has the name: in `version`, nil where a package only provides
    /// the name without one, which meets no version at all.
    package func accepts(_ version: AlpineVersion?, checksum: @autoclosure () -> String?) -> Bool {
        switch constraint {
        case .any: true
        case .version(let relation, let wanted): version.map { relation.accepts($0, wanted) } ?? false
        case .identity(let wanted): checksum() == wanted
        }
    }
}

extension AlpineDependency.Operator {
    package func accepts(_ version: AlpineVersion, _ wanted: AlpineVersion) -> Bool {
        let order =
            contains(.fuzzy) ? version.fuzzyOrder(against: wanted) : version.order(against: wanted)
        return contains(order < 0 ? .less : order > 0 ? .greater : .equal)
    }
}

extension AlpineDependency {
    package static let limits = (dependencies: 20_000, nameBytes: 512)

    /// A field's value: dependencies with blanks between them.
    package static func parse(_ text: some StringProtocol) throws(AlpineDependencyError) -> [AlpineDependency]
    {
        var found: [AlpineDependency] = []
        for part in Substring(text).utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x0A }) {
            guard found.count < limits.dependencies else { throw .tooMany }
            found.append(try AlpineDependency(part))
        }
        return found
    }

    /// One dependency. Tags (`name@tag`) have a meaning in a definition alone and are refused.
    package init(_ text: Substring.UTF8View) throws(AlpineDependencyError) {
        let whole = String(Substring(text))
        let isConflict = text.first == 0x21
        let body = isConflict ? text.dropFirst() : text
        let name = body.prefix { !Self.isOperator($0) }
        guard Self.isName(name) else { throw .malformed(whole) }
        let rest = body.dropFirst(name.count)
        var relation: Operator = []
        let sign = rest.prefix(while: Self.isOperator)
        for byte in sign {
            switch byte {
            case 0x3C: relation.insert(.less)
            case 0x3D: relation.insert(.equal)
            case 0x3E: relation.insert(.greater)
            default: relation.formUnion([.fuzzy, .equal])
            }
        }
        let version = Substring(rest.dropFirst(sign.count))
        if sign.isEmpty {
            self.init(String(Substring(name)), isConflict: isConflict)
        } else if relation == [.less, .greater], version.hasPrefix("Q1") {
            self.init(String(Substring(name)), .identity(String(version)), isConflict: isConflict)
        } else {
            guard let version = AlpineVersion(version), version.isValid else { throw .badVersion(whole) }
            self.init(String(Substring(name)), .version(relation, version), isConflict: isConflict)
        }
    }

    private static func isOperator(_ byte: UInt8) -> Bool {
        byte == 0x3C || byte == 0x3D || byte == 0x3E || byte == 0x7E
    }

    /// Printable ASCII; an `@` would begin a tag.
    static func isName(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.count <= limits.nameBytes
            && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x40 }
    }
}

/// Why a dependency cannot be understood.
package enum AlpineDependencyError: Error, Equatable, CustomStringConvertible {
    case malformed(String)
    case badVersion(String)
    case tooMany

    package var description: String {
        switch self {
        case .malformed(let text):
            "'\(text)' is no dependency; expected NAME, NAME=VERSION or !NAME, with one of = < > <= >= ~ <~ >~"
        case .badVersion(let text):
            "'\(text)' has no version that apk's rules allow; expected one as in 1.2.3_rc1-r0"
        case .tooMany: "more than \(AlpineDependency.limits.dependencies) dependencies"
        }
    }
}
