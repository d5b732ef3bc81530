// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The order in which what has a name is preferred, that of apk-tools: first what lies in an untagged repository, then
/// the highest version under that name, a provide without a version last; of one package its own highest version; the
/// highest provider priority; the first repository. Beyond that apk-tools has no rule; here a package of that very name
/// comes first, then what has the origin of the one that asks (`AlpineTranslator`), then the lower name.
struct AlpineOrder {
    struct Item {
        let package: Int
        let version: AlpineVersion?
        let isOwn: Bool
    }

    private let pool: AlpinePool
    private let context: Int

    init(_ pool: AlpinePool, context: Int) {
        self.pool = pool
        self.context = context
    }

    func sorted(_ items: [Item]) -> [AlpinePool.Offer] {
        guard let first = items.first else { return [] }
        let name = pool.packages[first.package].name
        let isSole = items.allSatisfy { pool.packages[$0.package].name == name }
        let classed = items.enumerated().sorted { left, right in
            let order = compareClasses(left.element, right.element)
            return order != 0 ? order < 0 : left.offset < right.offset
        }.map(\.element)
        var offers: [AlpinePool.Offer] = []
        var rank = 0
        var start = 0
        while start < classed.count {
            let end =
                classed[start...].firstIndex { compareClasses(classed[start], $0) != 0 } ?? classed.count
            var previous: Group?
            for group in groups(Array(classed[start..<end])) {
                if let previous, previous.key != group.key { rank += 1 }
                previous = group
                for item in group.items {
                    offers.append(
                        AlpinePool.Offer(
                            candidate: pool.candidate(item.package, in: context), version: item.version,
                            isActive: item.version != nil || isSole
                                || pool.packages[item.package].record.providerPriority > 0,
                            rank: rank))
                }
            }
            rank += 1
            start = end
        }
        return offers
    }

    /// By where it lies and the version under the name alone.
    private func compareClasses(_ left: Item, _ right: Item) -> Int {
        let (a, b) = (pool.packages[left.package].isUntagged, pool.packages[right.package].isUntagged)
        if a != b { return a ? -1 : 1 }
        switch (left.version, right.version) {
        case (nil, nil): return 0
        case (nil, _): return 1
        case (_, nil): return -1
        case (let a?, let b?): return b.order(against: a)
        }
    }

    /// The versions of one package that have the name alike.
    private struct Group {
        struct Key: Equatable {
            let priority: UInt32
            let repository: Int
            let isOwn: Bool
        }
        let key: Key
        let name: PackageName
        let items: [Item]
    }

    private func groups(_ items: [Item]) -> [Group] {
        let byName = Dictionary(grouping: items.enumerated()) { pool.packages[$0.element.package].name }
        let groups = byName.map { name, members in
            let sorted = members.sorted { left, right in
                let order = pool.packages[right.element.package].version.order(
                    against: pool.packages[left.element.package].version)
                return order != 0 ? order < 0 : left.offset < right.offset
            }.map(\.element)
            let best = pool.packages[sorted[0].package]
            let key = Group.Key(
                priority: best.record.providerPriority, repository: best.repositories[0],
                isOwn: sorted[0].isOwn)
            return Group(key: key, name: name, items: sorted)
        }
        return groups.sorted { left, right in
            let (a, b) = (left.key, right.key)
            if a.priority != b.priority { return a.priority > b.priority }
            if a.repository != b.repository { return a.repository < b.repository }
            return a.isOwn != b.isOwn ? a.isOwn : left.name < right.name
        }
    }
}
