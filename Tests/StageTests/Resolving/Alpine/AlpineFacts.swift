// SPDX-License-Identifier: Apache-2.0
import Testing
import Vocabulary

/// Alpine's metadata as the tests read it. It shares the parsers with the resolver and nothing else; which sets are
/// valid is said in the resolver's `AlpineTranslator`, and again here.
struct AlpineFacts {
    struct Package {
        let name: String
        let version: AlpineVersion
        /// Nil where they cannot be read.
        let depends: [AlpineDependency]?
        let provides: [AlpineProvide]
        let installIf: [AlpineDependency]
        let priority: UInt32
        let tag: String?
        let isKnown: Bool

        var isUsable: Bool { isKnown && depends != nil }
    }

    let packages: [Package]
    /// Everything that is or provides a name.
    private let owners: [String: [Int]]
    /// Packages with a condition on a name.
    private let waiting: [String: [Int]]

    init(_ repositories: [(index: PackageIndex, tag: String?)]) throws {
        var packages: [Package] = []
        for (index, tag) in repositories {
            for position in 0..<index.count {
                let record = index.record(at: position)
                packages.append(
                    Package(
                        name: record.name.text, version: try #require(AlpineVersion(record.version)),
                        depends: try? AlpineDependency.parse(record[.depends]),
                        provides: AlpineProvide.parse(record[.provides]),
                        installIf: (try? AlpineDependency.parse(record[.installIf])) ?? [],
                        priority: record.providerPriority, tag: tag, isKnown: record.unknownField == nil))
            }
        }
        var owners: [String: [Int]] = [:]
        for (place, package) in packages.enumerated() {
            for name in Set([package.name] + package.provides.map(\.name)) {
                owners[name, default: []].append(place)
            }
        }
        var waiting: [String: [Int]] = [:]
        for (place, package) in packages.enumerated() {
            for condition in package.installIf { waiting[condition.name, default: []].append(place) }
        }
        self.packages = packages
        self.owners = owners
        self.waiting = waiting
    }

    func owners(of name: String) -> [Int] { owners[name] ?? [] }

    func isVisible(_ package: Int, _ tag: String?) -> Bool {
        packages[package].tag == nil || packages[package].tag == tag
    }

    /// Whether the package is what a dependency names, whoever asks.
    func matches(_ dependency: AlpineDependency, _ place: Int) -> Bool {
        let package = packages[place]
        if package.name == dependency.name, dependency.accepts(package.version, checksum: nil) { return true }
        return package.provides.contains {
            $0.name == dependency.name && dependency.accepts($0.version, checksum: nil)
        }
    }

    /// Whether it may come into a set because of the dependency.
    func mayTake(_ dependency: AlpineDependency, _ place: Int, _ tag: String?) -> Bool {
        let package = packages[place]
        guard isVisible(place, tag), matches(dependency, place) else { return false }
        if package.name == dependency.name, dependency.accepts(package.version, checksum: nil) { return true }
        return package.priority > 0 || isSole(dependency.name, tag)
            || package.provides.contains {
                $0.name == dependency.name && $0.version != nil
                    && dependency.accepts($0.version, checksum: nil)
            }
    }

    private func isSole(_ name: String, _ tag: String?) -> Bool {
        Set(owners(of: name).filter { isVisible($0, tag) }.map { packages[$0].name }).count == 1
    }

    /// Whether two packages cannot be in one set for their names.
    func clash(_ left: Int, _ right: Int) -> Bool {
        guard left != right else { return false }
        let (a, b) = (packages[left], packages[right])
        if a.name == b.name { return true }
        func owns(_ package: Package, _ name: String) -> Bool {
            package.name == name || package.provides.contains { $0.name == name && $0.version != nil }
        }
        for name in [a.name] + a.provides.map(\.name) {
            let has = b.name == name || b.provides.contains { $0.name == name }
            if has, owns(a, name) || owns(b, name) { return true }
        }
        return false
    }

    /// Whether `left` states that `right` must not be there.
    func refuses(_ left: Int, _ right: Int) -> Bool {
        left != right
            && (packages[left].depends ?? []).contains { $0.isConflict && matches($0, right) }
    }
}

/// Sets of an index without tags, of any size.
extension AlpineFacts {
    /// Nil where the set is valid for a request, with what came by itself; else what is wrong with it.
    func fault(_ set: [Int], request: AlpineDependency) -> String? {
        let members = Set(set)
        guard set.contains(where: { matches(request, $0) }) else { return "nothing meets \(request)" }
        var names: [String: Int] = [:]
        for place in set {
            let package = packages[place]
            guard package.isUsable else { return "\(package.name) is not usable" }
            for dependency in package.depends ?? [] {
                let found = owners(of: dependency.name).filter {
                    members.contains($0) && matches(dependency, $0)
                }
                if dependency.isConflict {
                    if let other = found.first(where: { $0 != place }) {
                        return "\(package.name) against \(packages[other].name)"
                    }
                } else if found.isEmpty {
                    return "\(package.name) lacks \(dependency)"
                }
            }
            for name in Set([package.name] + package.provides.map(\.name)) {
                if let other = names.updateValue(place, forKey: name), clash(place, other) {
                    return "\(package.name) and \(packages[other].name) are both \(name)"
                }
            }
        }
        let founded = foundation(of: members, request: request)
        return set.first { !founded.contains($0) }.map { "\(packages[$0].name) has no reason" }
    }

    /// What of a set has a reason.
    func foundation(of members: Set<Int>, request: AlpineDependency) -> Set<Int> {
        var founded = Set(
            owners(of: request.name).filter { members.contains($0) && mayTake(request, $0, nil) })
        var open = Array(founded)
        while true {
            while let place = open.popLast() {
                for dependency in packages[place].depends ?? [] where !dependency.isConflict {
                    for other in owners(of: dependency.name)
                    where members.contains(other) && !founded.contains(other)
                        && mayTake(dependency, other, nil)
                    {
                        founded.insert(other)
                        open.append(other)
                    }
                }
            }
            let automatic = members.subtracting(founded).filter { comesByItself($0, founded) }
            guard !automatic.isEmpty else { return founded }
            founded.formUnion(automatic)
            open += automatic
        }
    }

    /// Whether the package's conditions hold in a set.
    func comesByItself(_ place: Int, _ members: Set<Int>) -> Bool {
        let conditions = packages[place].installIf
        return !conditions.isEmpty
            && conditions.allSatisfy { condition in
                owners(of: condition.name).contains {
                    $0 != place && members.contains($0) && matches(condition, $0)
                } != condition.isConflict
            }
    }

    /// What would come by itself beside a set, and is not there.
    func missing(beside members: Set<Int>) -> [Int] {
        let names = Set(members.map { packages[$0].name })
        let asked = members.reduce(into: Set<Int>()) { found, place in
            for name in [packages[place].name] + packages[place].provides.map(\.name) {
                found.formUnion(waiting[name] ?? [])
            }
        }
        return asked.filter { !names.contains(packages[$0].name) && comesByItself($0, members) }.sorted()
    }

    /// What could be in any set at all: usable, and each dependency has something possible to take or to be met by.
    func possible() -> Set<Int> { possible(beside: []) }

    /// What could stand beside the members of a set; more than what really could, never less.
    func possible(beside members: Set<Int>) -> Set<Int> {
        var possible = Set(
            packages.indices.filter { place in
                packages[place].isUsable
                    && (members.contains(place)
                        || !members.contains { clash(place, $0) || refuses(place, $0) || refuses($0, place) })
            })
        while true {
            let lost = possible.filter { place in
                (packages[place].depends ?? []).contains { dependency in
                    !dependency.isConflict
                        && !owners(of: dependency.name).contains {
                            possible.contains($0) && matches(dependency, $0)
                        }
                }
            }
            guard !lost.isEmpty else { return possible }
            possible.subtract(lost)
        }
    }
}
