// SPDX-License-Identifier: Apache-2.0

extension [LockedPackage] {
    /// What a package depends on before itself, else by name; a ring is cut where it is met again. A package that came
    /// by itself beside others (`installIf`) does not come before them. The order decides which package's directory
    /// counts, and who comes second where two packages of one origin ship one file.
    package var inInstallationOrder: [LockedPackage] {
        let byName = Dictionary(map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var order: [LockedPackage] = []
        var seen: Set<PackageName> = []
        for root in sorted(by: { $0.name < $1.name }) where seen.insert(root.name).inserted {
            // Depth first with a list of its own: chains of dependencies are as long as somebody makes them.
            var path = [(package: root, rest: root.edges[...])]
            while let last = path.indices.last {
                guard let edge = path[last].rest.popFirst() else {
                    order.append(path.removeLast().package)
                    continue
                }
                if edge.kind != .installIf, let next = byName[edge.to], seen.insert(next.name).inserted {
                    path.append((next, next.edges[...]))
                }
            }
        }
        return order
    }
}
