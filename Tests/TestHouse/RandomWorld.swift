// SPDX-License-Identifier: Apache-2.0

/// Small random repositories, and changes of them, as the tests themselves see them: their own reading of the text that
/// the resolver gets.
package struct RandomWorld: Sendable {
    package struct Relation: Sendable {
        package var name: String
        /// Empty, or one of `=`, `>=`, `<<`.
        package var sign: String
        package var version: Int

        package init(name: String, sign: String = "", version: Int = 0) {
            self.name = name
            self.sign = sign
            self.version = version
        }

        var text: String { sign.isEmpty ? name : "\(name) (\(sign) \(version))" }

        func holds(_ version: Int) -> Bool {
            switch sign {
            case "": true
            case "=": version == self.version
            case ">=": version >= self.version
            default: version < self.version
            }
        }
    }

    package struct Item: Sendable {
        package var name: String
        package var version: Int
        /// Every group must be met by one of its alternatives.
        package var depends: [[Relation]] = []
        package var conflicts: [Relation] = []
        package var provides: [(name: String, version: Int?)] = []

        /// Whether this package is what a relation means.
        package func matches(_ relation: Relation) -> Bool {
            if name == relation.name, relation.holds(version) { return true }
            return provides.contains { provide in
                provide.name == relation.name
                    && (relation.sign.isEmpty || provide.version.map(relation.holds) ?? false)
            }
        }

        /// In the language of `PackageWorld`.
        package var line: String {
            var line = "\(name) \(version)"
            func add(_ field: String, _ values: [String]) {
                if !values.isEmpty { line += "; \(field): " + values.joined(separator: ", ") }
            }
            add("depends", depends.map { $0.map(\.text).joined(separator: " | ") })
            add("conflicts", conflicts.map(\.text))
            add("provides", provides.map { $0.name + ($0.version.map { " (= \($0))" } ?? "") })
            return line
        }
    }

    /// Names that packages have; the two others are only provided.
    package static let names = ["a", "b", "c", "d", "e", "f", "g"]
    private static let provided = ["v", "w"]

    package var items: [Item] = []

    package init(_ random: inout SmallRandom, upTo limit: Int = 12) {
        for _ in 0..<3 + random.below(limit - 2) { add(&random) }
    }

    package var text: String { items.map(\.line).joined(separator: "\n") }

    private static func relation(_ random: inout SmallRandom) -> Relation {
        let all = names + provided
        return Relation(
            name: all[random.below(all.count)], sign: ["", "", ">=", "=", "<<"][random.below(5)],
            version: 1 + random.below(3))
    }

    /// A new package, unless the dice show one that is there.
    package mutating func add(_ random: inout SmallRandom) {
        var item = Item(name: Self.names[random.below(7)], version: 1 + random.below(3))
        guard !items.contains(where: { $0.name == item.name && $0.version == item.version }) else { return }
        for _ in 0..<random.below(4) {
            item.depends.append((0..<1 + random.below(3)).map { _ in Self.relation(&random) })
        }
        for _ in 0..<(random.below(3) / 2 + random.below(3) / 2) {
            item.conflicts.append(Self.relation(&random))
        }
        for _ in 0..<random.below(3) {
            item.provides.append(
                (Self.provided[random.below(2)], random.below(2) == 0 ? nil : 1 + random.below(3)))
        }
        items.append(item)
    }

    /// What a repository does from one day to the next: a package comes, goes, gets another version, needs something
    /// else, stands against something else or provides something else.
    package mutating func change(_ random: inout SmallRandom) {
        guard items.count > 3 else { return add(&random) }
        let place = random.below(items.count)
        switch random.below(7) {
        case 0: add(&random)
        case 1: items.remove(at: place)
        case 2, 3:
            let version = max(1, items[place].version + (random.below(4) == 0 ? -1 : 1))
            let name = items[place].name
            guard !items.contains(where: { $0.name == name && $0.version == version }) else { return }
            items[place].version = version
        case 4:
            if items[place].depends.isEmpty {
                items[place].depends = [[Self.relation(&random)]]
            } else {
                items[place].depends.removeLast()
            }
        case 5: items[place].conflicts = random.below(2) == 0 ? [] : [Self.relation(&random)]
        default:
            items[place].provides =
                random.below(2) == 0 ? [] : [(Self.provided[random.below(2)], 1 + random.below(3))]
        }
    }
}
