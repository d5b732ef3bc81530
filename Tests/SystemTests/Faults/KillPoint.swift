// SPDX-License-Identifier: Apache-2.0

import TestHouse

#if canImport(Glibc)
    import Glibc
#endif

/// A moment in which a run is killed: before or after its n-th new name of a regular file.
struct KillPoint: Sendable, CustomStringConvertible {
    /// `make deep`: all of them.
    static let isDeep = getenv("SLIPWAY_DEEP") != nil

    let number: Int
    let after: Bool
    let name: String

    var description: String { "killed \(after ? "after" : "before") name \(number), \(name)" }
    var fault: FaultShim.Fault { .killed(at: number, after: after) }

    /// Every moment of a run that went as `log` says; of these `few` where time is short: the first, the last, and
    /// what lies evenly between, before and after taking turns. `isKept` tells the names that must survive from those
    /// of caches, which are many and alike: two of three are taken from the former.
    static func choose(_ log: FileLog, few: Int, isKept: (String) -> Bool) -> [KillPoint] {
        let all = log.names.enumerated().map { (number: $0.offset + 1, name: $0.element) }
        if isDeep {
            return all.flatMap { point in
                [false, true].map { KillPoint(number: point.number, after: $0, name: point.name) }
            }
        }
        let chosen =
            evenly(few / 3, of: all.filter { !isKept($0.name) })
            + evenly(few - few / 3, of: all.filter { isKept($0.name) })
        return chosen.enumerated().map { order, point in
            KillPoint(number: point.number, after: order % 2 == 1, name: point.name)
        }
    }

    private static func evenly<Item>(_ count: Int, of items: [Item]) -> [Item] {
        guard count > 1, items.count > count else { return Array(items.prefix(count)) }
        return (0..<count).map { items[$0 * (items.count - 1) / (count - 1)] }
    }
}
