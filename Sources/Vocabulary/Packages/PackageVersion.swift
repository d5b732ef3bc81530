// SPDX-License-Identifier: Apache-2.0

/// A version in its family's order.
package protocol PackageVersion: Comparable, Sendable {
    /// Nil where the text has no place in the order.
    init?(_ text: String)
}

extension DebianVersion: PackageVersion {}
extension AlpineVersion: PackageVersion {}

extension PackageFamily {
    /// The family's order of versions.
    package var versions: any PackageVersion.Type {
        switch self {
        case .debian: DebianVersion.self
        case .alpine: AlpineVersion.self
        }
    }

    /// Whether `new` is below `old`; false where one of them has no place in the order.
    package func isLower(_ new: String, than old: String) -> Bool {
        func isLower<Version: PackageVersion>(_ type: Version.Type) -> Bool {
            guard let new = Version(new), let old = Version(old) else { return false }
            return new < old
        }
        return isLower(versions)
    }
}
