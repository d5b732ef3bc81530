// SPDX-License-Identifier: Apache-2.0

/// A name that a package has beside its own: `so:libz.so.1=1.2.12`, or without a version.
package struct AlpineProvide: Sendable, Equatable {
    package let name: String
    package let version: AlpineVersion?

    /// A `p:` field. What is neither bare nor `name=version` promises nothing and is left out, as in the index.
    package static func parse(_ text: some StringProtocol) -> [AlpineProvide] {
        Substring(text).utf8.split(separator: 0x20).compactMap { part in
            let name = part.prefix { $0 != 0x3C && $0 != 0x3D && $0 != 0x3E && $0 != 0x7E }
            guard AlpineDependency.isName(name), name.first != 0x21 else { return nil }
            let rest = part.dropFirst(name.count)
            guard let sign = rest.first else {
                return AlpineProvide(name: String(Substring(name)), version: nil)
            }
            guard sign == 0x3D, let version = AlpineVersion(Substring(rest.dropFirst())) else { return nil }
            return AlpineProvide(name: String(Substring(name)), version: version)
        }
    }
}
