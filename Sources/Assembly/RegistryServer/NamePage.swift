// SPDX-License-Identifier: Apache-2.0

/// A page of names in order (distribution-spec, "Listing Tags"), for tags and for the catalog.
struct NamePage: Equatable {
    let names: [String]
    /// The query of the next page, where there is one.
    let next: String?

    /// `names` in byte order; `n` and `last` as in the query.
    init(_ names: [String], n: String?, last: String?) throws(RegistryFailure) {
        var rest = names[...]
        if let last {
            rest = rest.drop { !last.utf8.lexicographicallyPrecedes($0.utf8) }
        }
        guard let n else {
            self.names = Array(rest)
            next = nil
            return
        }
        guard let count = ByteRange.number(n[...]) else {
            throw RegistryFailure(400, .unsupported, "n=\(n.prefix(32)) is not a number")
        }
        let page = rest.prefix(Int(clamping: count))
        self.names = Array(page)
        next = page.last.flatMap { page.count < rest.count ? "n=\(page.count)&last=\($0)" : nil }
    }
}
