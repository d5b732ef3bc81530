// SPDX-License-Identifier: Apache-2.0

import TestHouse

#if canImport(Glibc)
    import Glibc
#endif

/// A moment in which a run is killed: around a new name of a regular file, or before it says something to a registry.
struct KillPoint: Sendable, CustomStringConvertible {
    /// `make deep`: all of them.
    static let isDeep = getenv("SLIPWAY_DEEP") != nil

    let fault: FaultShim.Fault
    let description: String
    /// Messages are not so many in each run: connections are reused as they come free. Their last ones may not come.
    let isSure: Bool

    private init(name: String, number: Int, after: Bool) {
        fault = .killed(at: number, after: after)
        description = "killed \(after ? "after" : "before") name \(number), \(name)"
        isSure = true
    }

    private init(send number: Int) {
        fault = .killedSending(at: number)
        description = "killed before message \(number)"
        isSure = false
    }

    /// Every moment of a run that went as `log` says; where time is short, so many of them: the first, the last, and
    /// what lies evenly between, before and after taking turns; of the messages those with the manifests and tags.
    /// `isKept` tells the names that must survive from those of caches, which are many and alike: `allCached` says whether
    /// every one of these is tried where there is time.
    static func choose(
        _ log: FileLog, kept: Int, cached: Int, sends: Int, allCached: Bool = true, isKept: (String) -> Bool
    ) -> [KillPoint] {
        let names = log.names.enumerated().map { (number: $0.offset + 1, name: $0.element) }
        let messages = (1...max(1, log.sendCount)).map { KillPoint(send: $0) }
        if isDeep {
            return names.filter { allCached || isKept($0.name) }.flatMap { point in
                [false, true].map { KillPoint(name: point.name, number: point.number, after: $0) }
            } + messages
        }
        let chosen =
            evenly(cached, of: names.filter { !isKept($0.name) })
            + evenly(kept, of: names.filter { isKept($0.name) })
        return chosen.enumerated().map { order, point in
            KillPoint(name: point.name, number: point.number, after: order % 2 == 1)
        } + evenly(sends, of: messages.suffix(messages.count * 2 / 5).dropLast(2))
    }

    /// The moments right after names that are told by themselves.
    static func after(_ log: FileLog, _ isChosen: (String) -> Bool) -> [KillPoint] {
        log.names.enumerated().filter { isChosen($0.element) }.map {
            KillPoint(name: $0.element, number: $0.offset + 1, after: true)
        }
    }

    private static func evenly<Item>(_ count: Int, of items: some Collection<Item>) -> [Item] {
        let items = Array(items)
        guard count > 1, items.count > count else { return Array(items.prefix(count)) }
        return (0..<count).map { items[$0 * (items.count - 1) / (count - 1)] }
    }
}
