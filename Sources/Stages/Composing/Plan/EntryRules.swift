// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// What becomes of one entry of a package.
enum Placement: Sendable, Equatable {
    /// Left out; the name of the rule that says so.
    case drop(String)
    case keep(PlacedEntry)
}

/// An entry as the image gets it.
struct PlacedEntry: Sendable, Equatable {
    var path: ImagePath
    var mode: UInt16
    var uid: UInt32
    var gid: UInt32
    var mtime: Int64
    /// Of links: symbolic ones verbatim, hard ones as the path in the image.
    var target: String?
    /// Of files.
    var attributes: [String: [UInt8]] = [:]
}

/// Everything that decides over one package's entries and is known before the package is opened: the same answer while
/// its archive streams past and when its table is planned with. What only all packages together tell (a file that
/// another package owns) is added as a loss.
struct EntryRules: Sendable {
    private var aliases: [PathAlias]
    private let attributes: AttributeRule
    private let drops: [DropRule]
    private let slice: [PathPattern]?
    private let owners: [ImagePath: Ownership]
    private var definition: DefinitionRules
    private let newest: Int64?
    private var losses: [ImagePath: String] = [:]

    /// A changed owner or mode; nil leaves it as it is.
    struct Ownership: Sendable, Equatable {
        var uid: UInt32?
        var gid: UInt32?
        var mode: UInt16?
    }

    init(
        family: FamilyRules, role: LockedPackage.Role, package: PackageName, definition: DefinitionRules,
        newest: Int64?
    ) {
        aliases = family.aliases
        attributes = family.attributes
        drops = family.drops
        slice = role == .dataOnly ? family.slices[package.text] ?? [] : nil
        var owners: [ImagePath: Ownership] = [:]
        for rule in family.actions where rule.package.matches(name: package.text) {
            for case .own(let path, let mode, let user, let group) in rule.actions {
                owners[path] = Ownership(
                    uid: family.accounts.user(user)?.uid ?? 0, gid: family.accounts.group(group)?.gid ?? 0,
                    mode: mode)
            }
        }
        self.owners = owners
        self.definition = definition
        self.newest = newest
    }

    /// The same rules with some files taken away, each for a reason.
    func losing(_ paths: [ImagePath: String]) -> EntryRules {
        var copy = self
        copy.losses = paths
        return copy
    }

    /// The same rules where some directories turned out to be links that packages ship; `definition` knows of them.
    func following(_ links: [PathAlias], definition: DefinitionRules) -> EntryRules {
        var copy = self
        copy.aliases += links
        copy.definition = definition
        return copy
    }

    /// Where a path of the package stands in the image.
    func destination(of path: ImagePath) -> ImagePath { aliases.resolve(path) }

    func keeps(attribute name: String) -> Bool { attributes.keeps(name) }

    func place(_ entry: PackageEntry) -> Placement {
        guard entry.kind != .special else { return .drop("special-file") }
        let path = aliases.resolve(entry.path)
        if entry.kind == .directory, aliases.contains(where: { $0.from == entry.path || $0.from == path }) {
            return .drop("alias")
        }
        if let slice, !slice.contains(where: { $0.matches(path) }) { return .drop("data-only") }
        if slice == nil, let rule = drops.first(where: { $0.matches(path) }) { return .drop(rule.name) }
        if let reason = losses[path] { return .drop(reason) }
        guard entry.kind == .directory || !definition.replaces(path) else { return .drop("definition") }
        var placed = PlacedEntry(
            path: path, mode: entry.mode, uid: entry.uid, gid: entry.gid,
            mtime: newest.map { min($0, entry.mtime) } ?? entry.mtime, target: entry.target,
            attributes: entry.attributes)
        if entry.kind == .hardlink {
            placed.target = entry.target.flatMap { ImagePath($0) }.map { aliases.resolve($0).text }
        }
        apply(owners[path], to: &placed, kind: entry.kind)
        for ownership in definition.ownership(of: path) { apply(ownership, to: &placed, kind: entry.kind) }
        return .keep(placed)
    }

    private func apply(_ ownership: Ownership?, to placed: inout PlacedEntry, kind: PackageEntry.Kind) {
        guard let ownership else { return }
        placed.uid = ownership.uid ?? placed.uid
        placed.gid = ownership.gid ?? placed.gid
        if let mode = ownership.mode, kind != .symlink { placed.mode = mode }
    }
}

/// What a definition's `paths` and `files` do to what packages ship.
struct DefinitionRules: Sendable {
    private var replaced: Set<ImagePath> = []
    private var exact: [ImagePath: [(order: Int, ownership: EntryRules.Ownership)]] = [:]
    private var subtrees: [(path: ImagePath, order: Int, ownership: EntryRules.Ownership)] = []

    /// `aliases` lead paths to where they stand in the image.
    init(_ definition: ImageDefinition, _ aliases: [PathAlias]) {
        let map = { aliases.resolve($0) }
        for file in definition.files { replaced.insert(map(file.value.path)) }
        for (order, rule) in definition.paths.map(\.value).enumerated() {
            let path = map(rule.path)
            let ownership = EntryRules.Ownership(uid: rule.uid, gid: rule.gid, mode: rule.permissions)
            switch rule.kind {
            case .emptyFile, .symbolicLink, .hardLink: replaced.insert(path)
            case .permissions, .directory:
                exact[path, default: []].append((order, ownership))
                if rule.recursive { subtrees.append((path, order, ownership)) }
            }
        }
    }

    /// True where the definition puts something of its own.
    func replaces(_ path: ImagePath) -> Bool { !replaced.isEmpty && replaced.contains(path) }

    /// In the definition's order: the last one wins.
    func ownership(of path: ImagePath) -> [EntryRules.Ownership] {
        guard !exact.isEmpty else { return [] }
        var found = exact[path] ?? []
        for rule in subtrees where path.isInside(rule.path) { found.append((rule.order, rule.ownership)) }
        return found.sorted { $0.order < $1.order }.map(\.ownership)
    }
}

extension PathPattern {
    /// The pattern applied to a package's name.
    func matches(name: String) -> Bool { ImagePath(name).map { matches($0) } ?? false }
}
