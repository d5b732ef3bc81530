// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The packages of all repositories for one architecture, numbered when they are first looked at, with what was worked
/// out about them. It is a memo that many searches over the same repositories share, hence a class; nothing in it
/// depends on the order of the questions but the numbers. Every name that is asked for is remembered, misses included.
///
/// A repository with a tag serves only what asks for the tag, and what that depends on. Who asks is therefore part of a
/// candidate: one package is a candidate in the context without a tag, where it lies in an untagged repository, and one
/// in the context of each tag, where it lies in an untagged repository or one with that tag.
final class AlpinePool {
    /// One repository's index.
    struct Origin {
        /// The place of its snapshot.
        let repository: Int
        let tag: String?
        let index: PackageIndex
    }

    /// One package file.
    struct Package {
        let name: PackageName
        let version: AlpineVersion
        let record: PackageRecord
        /// Every repository that lists this very file, in their order.
        var repositories: [Int]
        /// Bit 0 where an untagged repository lists it, bit n where one with the n-th tag does.
        var contexts: UInt64
        var isUntagged: Bool { contexts & 1 == 1 }

        func isVisible(in context: Int) -> Bool { contexts & (1 | 1 << UInt64(context)) != 0 }
    }

    struct Candidate {
        let package: Int
        /// 0 without a tag, n with the n-th of `tags`.
        let context: Int
    }

    /// Something that has a name: a package of that name, or one that provides it.
    struct Offer {
        let candidate: Int
        /// The version under this name; nil for a provide without one.
        let version: AlpineVersion?
        /// Whether it may be taken because something asks for the name.
        let isActive: Bool
        /// Equal where nothing but the names of the packages decides the order.
        let rank: Int
    }

    let architecture: String
    /// Untagged, or with one of `tags`.
    let origins: [Origin]
    /// Repositories whose tag nothing asks for; only failures speak of them.
    let closed: [Origin]
    /// Those that requests name; their numbers begin at 1.
    let tags: [String]
    private(set) var packages: [Package] = []
    private(set) var candidates: [Candidate] = []
    private(set) var consulted: Set<String> = []
    var expansions: [Int: Expansion] = [:]
    var waitingOn: [Int: [Int]] = [:]
    lazy var installIf = AlpineInstallIf(origins)
    lazy var reverseDependencies = AlpineReverseDependencies(origins)
    private var places: [Int: Int] = [:]
    private var loaded: [String: [Int]] = [:]
    private var numbers: [Int: Int] = [:]
    private var offered: [String: [[Offer]]] = [:]

    /// One bit of `Package.contexts` each, and one for what has none.
    static let tagLimit = 63

    /// - Parameter tags: `tagLimit` at most.
    init(architecture: String, origins: [Origin], tags: [String]) {
        self.architecture = architecture
        self.tags = tags
        self.origins = origins.filter { $0.tag.map(tags.contains) ?? true }
        closed = origins.filter { $0.tag.map { !tags.contains($0) } ?? false }
    }

    func package(of candidate: Int) -> Package { packages[candidates[candidate].package] }

    func consult(_ name: String) { consulted.insert(name) }

    /// Everything that has the name, for each context, in the family's order of preference: see `AlpineOrder`.
    func offers(of name: String) -> [[Offer]] {
        if let known = offered[name] { return known }
        consulted.insert(name)
        var found: [AlpineOrder.Item] = load(name).map {
            AlpineOrder.Item(package: $0, version: packages[$0].version, isOwn: true)
        }
        for (place, origin) in origins.enumerated() {
            for provider in origin.index.providers(of: name) {
                guard let package = package(place, provider.record) else { continue }
                let version = provider.version.flatMap { AlpineVersion($0) }
                let isKnown = found.contains { $0.package == package && $0.version?.text == version?.text }
                if !isKnown { found.append(.init(package: package, version: version, isOwn: false)) }
            }
        }
        let offers = (0...tags.count).map { context in
            AlpineOrder(self, context: context).sorted(
                found.filter { packages[$0.package].isVisible(in: context) })
        }
        offered[name] = offers
        return offers
    }

    /// The number of a package within a context.
    func candidate(_ package: Int, in context: Int) -> Int {
        let key = package * (tags.count + 1) + context
        if let known = numbers[key] { return known }
        candidates.append(Candidate(package: package, context: context))
        numbers[key] = candidates.count - 1
        return candidates.count - 1
    }

    /// The packages of that very name that fit the architecture.
    func load(_ name: String) -> [Int] {
        if let known = loaded[name] { return known }
        var found: [Int] = []
        for (place, origin) in origins.enumerated() {
            let context = origin.tag.flatMap(tags.firstIndex).map { $0 + 1 } ?? 0
            for record in origin.index.records(named: name) where fits(record) {
                guard let version = AlpineVersion(record.version) else { continue }
                let same = found.first {
                    packages[$0].version.text == version.text
                        && packages[$0].record.checksum == record.checksum
                }
                if let same {
                    packages[same].repositories.append(origin.repository)
                    packages[same].contexts |= 1 << UInt64(context)
                    places[Self.key(place, record)] = same
                } else {
                    places[Self.key(place, record)] = packages.count
                    found.append(packages.count)
                    packages.append(
                        Package(
                            name: record.name, version: version, record: record,
                            repositories: [origin.repository], contexts: 1 << UInt64(context)))
                }
            }
        }
        loaded[name] = found
        return found
    }

    /// The package of a record; nil where it does not fit the architecture.
    func package(_ origin: Int, _ record: PackageRecord) -> Int? {
        let key = Self.key(origin, record)
        if let known = places[key] { return known }
        _ = load(record[.name])
        return places[key]
    }

    private static func key(_ origin: Int, _ record: PackageRecord) -> Int { origin << 32 | record.position }

    private func fits(_ record: PackageRecord) -> Bool {
        record.withBytes(of: .architecture) { bytes in
            bytes.elementsEqual("noarch".utf8) || bytes.elementsEqual(architecture.utf8)
        }
    }
}
