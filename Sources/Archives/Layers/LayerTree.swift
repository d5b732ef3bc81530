// SPDX-License-Identifier: Apache-2.0
package import Vocabulary

/// The file tree that a stack of layers adds up to (OCI image-spec, layer.md), kept in memory without the files'
/// bytes. It resolves every path of an archive to its place with no symbolic link on the way, so that who unpacks
/// onto a disk follows the changes it returns and never a link.
package struct LayerTree: Sendable {
    /// What one or, through hard links, several names stand for.
    package struct Content: Sendable, Equatable {
        package var kind: TarEntry.Kind
        package var mode: UInt16
        package var uid: UInt32
        package var gid: UInt32
        package var size: Int64
        package var mtime: Int64
        /// Of a symbolic link, as it stands.
        package var target: String
    }

    /// What an entry changed. A path's parents are directories, never links.
    package enum Change: Sendable, Equatable {
        /// A directory that no entry names but that another's path needs: root's, 0755.
        case makeParent(ImagePath)
        /// Everything at and below the path is gone.
        case remove(ImagePath)
        /// The entry's own thing now stands there; `content` numbers it. A directory may have stood there already
        /// and keeps what is in it.
        case put(ImagePath, content: Int)
        /// A further name for what `target` names.
        case link(ImagePath, target: ImagePath)
    }

    struct Slot: Sendable {
        var content: Int
        /// Made by a hard-link entry.
        var isLink: Bool
        /// The layer that last put it.
        var layer: Int
        var children: [String: Int] = [:]
    }

    package static let nameLimit = 2_000_000
    private static let linkHops = 40

    package private(set) var contents: [Content]
    var slots: [Slot]
    private var layer = 0

    package init() {
        contents = [Content(kind: .directory, mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0, target: "")]
        slots = [Slot(content: 0, isLink: false, layer: 0)]
    }

    /// Whiteouts of the entries that follow act on what was there until now.
    package mutating func beginLayer() { layer += 1 }

    /// Takes the next entry of the current layer and returns what it changed, in order. Throws `LayerError` for what
    /// no unpacker may follow.
    package mutating func apply(_ entry: TarEntry) throws(LayerError) -> [Change] {
        guard let path = ImagePath(entry.path) else { throw .pathEscapes(entry.path) }
        guard let parent = path.parent else { return try putRoot(entry) }
        if path.name.hasPrefix(Whiteout.prefix) {
            // Below what is no directory there is nothing to hide; umoci writes such whiteouts.
            guard let (directory, place) = try find(parent, following: true),
                kind(of: directory) == .directory
            else { return [] }
            return try whiteout(path.name.dropFirst(Whiteout.prefix.count), in: directory, place, entry.path)
        }
        var changes: [Change] = []
        let (directory, place) = try directory(at: parent, making: &changes, for: path)
        guard let target = place.appending(path.name) else { throw .pathEscapes(entry.path) }
        let name = String(path.name)
        if entry.kind == .hardlink {
            return changes + (try link(entry, name: name, in: directory, at: target))
        }
        let standing = slots[directory].children[name]
        let merges = entry.kind == .directory && standing.map { kind(of: $0) == .directory } ?? false
        if standing != nil, !merges { changes.append(.remove(target)) }
        contents.append(Content(entry))
        if merges, let standing {
            slots[standing].content = contents.count - 1
            slots[standing].layer = layer
        } else {
            slots[directory].children[name] = try newSlot(content: contents.count - 1, isLink: false)
        }
        return changes + [.put(target, content: contents.count - 1)]
    }

    private mutating func putRoot(_ entry: TarEntry) throws(LayerError) -> [Change] {
        guard entry.kind == .directory else { throw .notADirectory("/", in: entry.path) }
        contents.append(Content(entry))
        slots[0].content = contents.count - 1
        return [.put(.root, content: contents.count - 1)]
    }

    private mutating func link(
        _ entry: TarEntry, name: String, in directory: Int, at place: ImagePath
    ) throws(LayerError) -> [Change] {
        guard let named = ImagePath(entry.linkTarget), let (slot, target) = try find(named, following: false),
            kind(of: slot) != .directory
        else { throw .linkTargetMissing(entry.path, target: entry.linkTarget) }
        guard target != place else { return [] }
        let removal: [Change] = slots[directory].children[name] == nil ? [] : [.remove(place)]
        slots[directory].children[name] = try newSlot(content: slots[slot].content, isLink: true)
        return removal + [.link(place, target: target)]
    }

    // MARK: Whiteouts

    private enum Whiteout {
        static let prefix = ".wh."
        /// After the prefix: everything that lower layers have in this directory is hidden.
        static let opaque = ".wh..opq"
        /// After the prefix: AUFS' own files, which mean nothing elsewhere.
        static let internals = ".wh."
    }

    private mutating func whiteout(
        _ name: Substring, in directory: Int, _ place: ImagePath, _ entryPath: String
    ) throws(LayerError) -> [Change] {
        if name == Whiteout.opaque { return try clear(directory, at: place) }
        if name.hasPrefix(Whiteout.internals) { return [] }
        guard !name.isEmpty, name != ".", name != "..", let target = place.appending(name) else {
            throw .pathEscapes(entryPath)
        }
        guard let slot = slots[directory].children[String(name)] else { return [] }
        if slots[slot].layer == layer || touched(below: slot) { return try clear(slot, at: target) }
        slots[directory].children[String(name)] = nil
        return [.remove(target)]
    }

    /// Takes away what lower layers put below a directory.
    private mutating func clear(_ directory: Int, at place: ImagePath) throws(LayerError) -> [Change] {
        var changes: [Change] = []
        var open = [(directory, place)]
        while let (slot, path) = open.popLast() {
            for (name, child) in slots[slot].children.sorted(by: { $0.key < $1.key }) {
                guard let below = path.appending(name) else { throw .pathEscapes(name) }
                if slots[child].layer == layer || touched(below: child) {
                    open.append((child, below))
                } else {
                    slots[slot].children[name] = nil
                    changes.append(.remove(below))
                }
            }
        }
        return changes
    }

    private func touched(below slot: Int) -> Bool {
        var open = Array(slots[slot].children.values)
        while let next = open.popLast() {
            if slots[next].layer == layer { return true }
            open += slots[next].children.values
        }
        return false
    }

    // MARK: Finding

    private func kind(of slot: Int) -> TarEntry.Kind { contents[slots[slot].content].kind }

    private mutating func newSlot(content: Int, isLink: Bool) throws(LayerError) -> Int {
        guard slots.count < Self.nameLimit else { throw .tooManyNames(Self.nameLimit) }
        slots.append(Slot(content: content, isLink: isLink, layer: layer))
        return slots.count - 1
    }

    /// The directory that a path means, links resolved inside the tree; made where nothing is there.
    private mutating func directory(
        at path: ImagePath, making changes: inout [Change], for entry: ImagePath
    ) throws(LayerError) -> (slot: Int, place: ImagePath) {
        var walk = Walk(path)
        while let name = walk.next() {
            if let child = slots[walk.slot].children[name] {
                try step(&walk, name, child)
                if walk.steppedIntoFile { throw .notADirectory(walk.place.absolute, in: entry.absolute) }
            } else {
                guard let place = walk.place.appending(name) else { throw .pathEscapes(entry.text) }
                contents.append(
                    Content(kind: .directory, mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0, target: ""))
                let child = try newSlot(content: contents.count - 1, isLink: false)
                slots[walk.slot].children[name] = child
                changes.append(.makeParent(place))
                walk.enter(child, place)
            }
        }
        return (walk.slot, walk.place)
    }

    /// What a path names, links on the way resolved inside the tree, the last one only where asked. Nil where nothing
    /// is there. Throws for a loop of links.
    func find(_ path: ImagePath, following: Bool) throws(LayerError) -> (slot: Int, place: ImagePath)? {
        var walk = Walk(path)
        while let name = walk.next() {
            guard !walk.steppedIntoFile, let child = slots[walk.slot].children[name] else { return nil }
            if !following, walk.isAtEnd, kind(of: child) == .symlink {
                return walk.place.appending(name).map { (child, $0) }
            }
            try step(&walk, name, child)
        }
        return (walk.slot, walk.place)
    }

    private func step(_ walk: inout Walk, _ name: String, _ child: Int) throws(LayerError) {
        let content = contents[slots[child].content]
        if content.kind == .symlink {
            walk.hops += 1
            guard walk.hops <= Self.linkHops else { throw .linkLoop(walk.whole.absolute) }
            walk.detour(to: content.target)
        } else {
            guard let place = walk.place.appending(name) else { throw .pathEscapes(name) }
            walk.enter(child, place)
            walk.steppedIntoFile = content.kind != .directory
        }
    }

    /// A path on its way through the tree.
    private struct Walk {
        let whole: ImagePath
        private var rest: [Substring]
        private var trail: [(slot: Int, place: ImagePath)] = [(0, .root)]
        var hops = 0
        var steppedIntoFile = false

        init(_ path: ImagePath) {
            whole = path
            rest = path.components.reversed()
        }

        var slot: Int { trail[trail.count - 1].slot }
        var place: ImagePath { trail[trail.count - 1].place }
        var isAtEnd: Bool { rest.isEmpty }

        mutating func next() -> String? {
            while let name = rest.popLast() {
                if name == "." { continue }
                guard name == ".." else { return String(name) }
                // The root is its own parent.
                if trail.count > 1 { trail.removeLast() }
            }
            return nil
        }

        mutating func enter(_ slot: Int, _ place: ImagePath) { trail.append((slot, place)) }

        mutating func detour(to target: String) {
            if target.hasPrefix("/") { trail.removeLast(trail.count - 1) }
            rest += target.split(separator: "/").reversed()
        }
    }
}

extension LayerTree.Content {
    fileprivate init(_ entry: TarEntry) {
        self.init(
            kind: entry.kind, mode: entry.mode, uid: entry.uid, gid: entry.gid, size: entry.size,
            mtime: entry.mtime, target: entry.kind == .symlink ? entry.linkTarget : "")
    }
}
