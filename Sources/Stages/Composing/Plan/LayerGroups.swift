// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// Which packages share a layer: those of one source package (apko's origin), then as many groups together as the
/// budget forces. The assignment looks at names and at sizes by order of magnitude, so that a package that changes
/// moves nothing but its own layer (decision 002).
struct LayerGroups: Sendable {
    struct Group: Sendable, Equatable {
        /// The smallest name of a source package in it: what the group is called however its packages change.
        var name: String
        /// Places of its packages in the plan, ascending.
        var members: [Int]
        /// Bytes of its files in the image.
        var size: Int64

        /// Orders of magnitude, to the base of four.
        var magnitude: Int { (Int64.bitWidth - size.leadingZeroBitCount) / 2 }
    }

    /// The members of each layer, the largest group first, shared layers last.
    let layers: [[Int]]

    init(_ groups: [Group], budget: Int) {
        let ordered = groups.sorted { ($1.magnitude, $0.name) < ($0.magnitude, $1.name) }
        guard ordered.count > budget else {
            layers = ordered.map(\.members)
            return
        }
        // A quarter of the layers is shared: what is too small for one of its own is spread by name.
        let shared = max(1, budget / 4)
        let own = ordered.prefix(max(0, budget - shared))
        var rest = Array(repeating: [Int](), count: shared)
        for group in ordered.dropFirst(own.count) {
            rest[Self.place(of: group.name, among: shared)] += group.members
        }
        layers = own.map(\.members) + rest.filter { !$0.isEmpty }.map { $0.sorted() }
    }

    private static func place(of name: String, among count: Int) -> Int {
        let hash = ContentHasher.digest(of: "layer \(name)").bytes.prefix(8)
        return Int(hash.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % UInt64(count))
    }

    /// Packages by their source package; `pairs` are places of packages whose files depend on each other (one
    /// replaces files of the other) and that one layer therefore holds.
    static func groups(
        sources: [String], sizes: [Int64], merging pairs: [(Int, Int)]
    ) -> [Group] {
        var leader = Array(sources.indices)
        func find(_ place: Int) -> Int {
            var place = place
            while leader[place] != place { place = leader[place] }
            return place
        }
        var first: [String: Int] = [:]
        for (place, source) in sources.enumerated() {
            if let other = first[source] { leader[find(place)] = find(other) } else { first[source] = place }
        }
        for (one, other) in pairs { leader[find(one)] = find(other) }
        let members = Dictionary(grouping: sources.indices, by: find)
        return members.values.map { places in
            Group(
                name: places.map { sources[$0] }.min() ?? "", members: places.sorted(),
                size: places.reduce(0) { $0 + sizes[$1] })
        }
    }
}
