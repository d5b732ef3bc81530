// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Why each package is in a lock, or is not: the shortest ways from the definition's lines along the edges.
package struct Explanation: Sendable {
    /// One step of a way: a package, and the relation of the one before it that it satisfies.
    package struct Step: Sendable, Equatable {
        package let name: PackageName
        package let version: String
        /// As the package before states it; nil at the root.
        package let relation: LockedPackage.Edge?
    }

    /// From the definition's line to the package.
    package struct Way: Sendable, Equatable {
        /// The request as the definition has it; nil for what every image gets.
        package let request: String?
        /// The line of that request, where the definition is the one that the lock was made for.
        package let location: SourceLocation?
        package let steps: [Step]
        /// Whether the base image is why, where no request is.
        package var isOfBase = false
    }

    package enum Answer: Sendable, Equatable {
        /// In the image, with one way for each request that leads to it.
        case installed(LockedPackage, ways: [Way])
        /// Only data of it, and why.
        case dataOnly(LockedPackage, reason: String, ways: [Way])
        /// Left out, and the ways to those that wanted it.
        case dropped(DroppedPackage, ways: [Way])
        case absent(PackageName)
    }

    package let lock: ArchitectureLock
    private let locations: [String: SourceLocation]
    private let packages: [PackageName: LockedPackage]
    private let reasonsForData: [String: String]

    /// `definition` gives the requests their lines.
    package init(_ lock: ArchitectureLock, definition: ImageDefinition?) {
        self.lock = lock
        reasonsForData = lock.family.reasonsForData
        packages = Dictionary(lock.packages.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var locations: [String: SourceLocation] = [:]
        for request in definition?.contents.packages ?? [] {
            locations[request.value.description] = locations[request.value.description] ?? request.location
        }
        for keep in definition?.contents.keep ?? [] { locations["keep: \(keep.value)"] = keep.location }
        self.locations = locations
    }

    /// Why a package is where it is.
    package func why(_ name: PackageName) -> Answer {
        if let package = packages[name] {
            guard package.role == .dataOnly else { return .installed(package, ways: ways(to: name)) }
            let reason = reasonsForData[name.text] ?? "some of its files are used"
            return .dataOnly(package, reason: reason, ways: ways(to: name))
        }
        guard let dropped = lock.dropped.first(where: { $0.name == name }) else { return .absent(name) }
        let wanters = dropped.wantedBy.compactMap { PackageName($0.prefix { $0 != ":" }) }
        var ways: [Way] = []
        for wanter in wanters { ways += self.ways(to: wanter).filter { !ways.contains($0) } }
        return .dropped(dropped, ways: ways)
    }

    /// The shortest way from each request that leads to the package, the shortest first.
    private func ways(to name: PackageName) -> [Way] {
        roots.compactMap { root in
            shortest(from: root, to: name).map { steps in
                Way(
                    request: root.request, location: root.request.flatMap { locations[$0] }, steps: steps,
                    isOfBase: root.package.role == .base)
            }
        }.sorted { $0.steps.count < $1.steps.count }
    }

    private struct Root {
        let request: String?
        let package: LockedPackage
    }

    /// The requested packages, and those that came unasked.
    private var roots: [Root] {
        let targets = Set(lock.packages.flatMap(\.edges).map(\.to))
        return lock.packages.flatMap { package in
            if !package.requestedBy.isEmpty {
                return package.requestedBy.map { Root(request: $0, package: package) }
            }
            return targets.contains(package.name) ? [] : [Root(request: nil, package: package)]
        }
    }

    /// Breadth first along the edges, in their order.
    private func shortest(from root: Root, to name: PackageName) -> [Step]? {
        var came: [PackageName: (from: PackageName, edge: LockedPackage.Edge)] = [:]
        var seen: Set<PackageName> = [root.package.name]
        var queue = [root.package.name]
        var position = 0
        while position < queue.count, !seen.contains(name) {
            let current = queue[position]
            position += 1
            for edge in packages[current]?.edges ?? [] where seen.insert(edge.to).inserted {
                came[edge.to] = (current, edge)
                queue.append(edge.to)
            }
        }
        guard seen.contains(name) else { return nil }
        var steps: [Step] = []
        var at = name
        while true {
            let arrival = came[at]
            steps.append(Step(name: at, version: packages[at]?.version ?? "", relation: arrival?.edge))
            guard let arrival else { return steps.reversed() }
            at = arrival.from
        }
    }
}

extension Explanation {
    /// One line of the tree of a lock.
    package struct TreeLine: Sendable, Equatable {
        package let depth: Int
        package let name: PackageName
        package let version: String
        package let role: LockedPackage.Role
        package let request: String?
        /// True where the package's own dependencies stand further up.
        package let isRepeated: Bool
    }

    /// The lock as a tree from the requests: each package's dependencies once, where it is met first.
    package func tree() -> [TreeLine] {
        var lines: [TreeLine] = []
        var shown: Set<PackageName> = []
        var open = roots.reversed().map { (name: $0.package.name, depth: 0, request: $0.request) }
        while let (name, depth, request) = open.popLast() {
            guard let package = packages[name] else { continue }
            let isRepeated = !shown.insert(name).inserted
            var seen: Set<PackageName> = []
            let targets = package.edges.map(\.to).filter { seen.insert($0).inserted }
            lines.append(
                TreeLine(
                    depth: depth, name: name, version: package.version, role: package.role, request: request,
                    isRepeated: isRepeated && !targets.isEmpty))
            if !isRepeated { open += targets.reversed().map { (name: $0, depth: depth + 1, request: nil) } }
        }
        return lines
    }
}

extension Explanation.Answer: CustomStringConvertible {
    /// Sentences for people, one way a paragraph.
    package var description: String {
        switch self {
        case .installed(let package, let ways):
            "\(package.name) \(package.version) is in the image\n" + Self.text(ways)
        case .dataOnly(let package, let reason, let ways):
            "\(package.name) \(package.version) is in the image as data: \(reason)\n" + Self.text(ways)
        case .dropped(let package, let ways):
            "\(package.name) is left out: \(package.reason)\n"
                + package.wantedBy.map { "  wanted by \($0)\n" }.joined() + Self.text(ways)
                + "to have it, add it to contents.keep\n"
        case .absent(let name):
            "\(name) is not in the image: nothing in it depends on it; to have it, add it to contents.packages\n"
        }
    }

    private static func text(_ ways: [Explanation.Way]) -> String {
        ways.map { way in
            let root =
                way.request.map { "\(way.location.map { "\($0): " } ?? "")asks for \($0)" }
                ?? (way.isOfBase ? "the base image has it" : "every image has it")
            let steps = way.steps.map { step in
                let relation = step.relation.map { edge in
                    " (\(edge.kind.verb) \(edge.relation))"
                }
                return "\(step.name) \(step.version)\(relation ?? "")"
            }
            return "  \(root)\n" + steps.map { "    \($0)\n" }.joined()
        }.joined()
    }
}

extension LockedPackage.Edge.Kind {
    /// Between the two packages of an edge, in the step of the second.
    fileprivate var verb: String {
        switch self {
        case .depends: "depends on"
        case .preDepends: "pre-depends on"
        case .installIf: "comes with"
        }
    }
}
