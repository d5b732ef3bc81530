// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Which packages come by themselves beside others (`i:`, install_if), by the names that their conditions ask about.
struct AlpineInstallIf {
    /// A place in the pool's origins, and a record's position there.
    typealias Place = (origin: Int, position: Int)

    private var places: [String: [Place]] = [:]
    private var conditions: [Int: [AlpineDependency]] = [:]

    init(_ origins: [AlpinePool.Origin]) {
        for (number, origin) in origins.enumerated() {
            for position in 0..<origin.index.count {
                let text = origin.index.record(at: position)[.installIf]
                // Conditions that cannot be read never hold.
                guard !text.isEmpty, let parsed = try? AlpineDependency.parse(text) else { continue }
                conditions[number << 32 | position] = parsed
                for condition in parsed where !condition.isConflict {
                    places[condition.name, default: []].append((number, position))
                }
            }
        }
    }

    /// Records that have a condition on the name.
    func places(askingFor name: String) -> [Place] { places[name] ?? [] }

    func conditions(_ place: Place) -> [AlpineDependency] {
        conditions[place.origin << 32 | place.position] ?? []
    }
}

/// Which packages depend on a name: read only where a search must know what could bring a package in.
struct AlpineReverseDependencies {
    private var places: [String: [AlpineInstallIf.Place]] = [:]

    init(_ origins: [AlpinePool.Origin]) {
        for (number, origin) in origins.enumerated() {
            for position in 0..<origin.index.count {
                let text = origin.index.record(at: position)[.depends]
                for dependency in (try? AlpineDependency.parse(text)) ?? [] where !dependency.isConflict {
                    places[dependency.name, default: []].append((number, position))
                }
            }
        }
    }

    /// Without repetition, in the indexes' order.
    func packages(dependingOn names: Set<String>) -> [AlpineInstallIf.Place] {
        var seen: Set<Int> = []
        return names.sorted().flatMap { places[$0] ?? [] }
            .filter { seen.insert($0.origin << 32 | $0.position).inserted }
            .sorted { ($0.origin, $0.position) < ($1.origin, $1.position) }
    }
}
