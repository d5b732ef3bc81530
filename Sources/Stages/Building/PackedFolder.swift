// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
package import Vocabulary

/// Whose the packed files are.
package enum PackedOwners: Sendable {
    /// Everything is root's: nobody's build account ends up in a package.
    case root
    /// As in the folder: for folders that root or fakeroot made so.
    case asInFolder
}

/// A file that a package gets beside what its folder holds; in place of one that has its name.
package struct AddedFile: Sendable, Equatable {
    package var path: ImagePath
    package var bytes: [UInt8]
    package var mode: UInt16

    package init(_ path: ImagePath, _ bytes: [UInt8], mode: UInt16 = 0o644) {
        self.path = path
        self.bytes = bytes
        self.mode = mode
    }
}

/// A folder's entries as its package holds them, in byte order of their paths: equal folders give equal entries,
/// whatever order the file system lists them in.
///
/// All entries get one time, that of the source: copies and checkouts have times of their own, which are nobody's
/// business. Hard links to a file that has an earlier name in the folder are links.
struct PackedFolder {
    struct Item {
        var path: ImagePath
        /// Its path ends in no slash; its time is the source's.
        var entry: TarEntry
    }

    let root: RootDirectory
    let items: [Item]
    /// Seconds since 1970.
    let time: Int64
    /// Bytes of all files; what has several names counts once.
    let contentSize: Int64
    let diagnostics: [Diagnostic]
    private let added: [ImagePath: [UInt8]]

    private static let entryLimit = 1_000_000

    /// - Parameters:
    ///   - folder: what becomes the package's root.
    ///   - time: `SOURCE_DATE_EPOCH`; where nil, the newest time of a file or link in the folder.
    ///   - additions: files beside the folder's own, with the directories that lead to them.
    ///   - isLeftOut: for what is no content (`DEBIAN`).
    init(
        _ folder: HostPath, owners: PackedOwners, time: Int64?, adding additions: [AddedFile] = [],
        leavingOut isLeftOut: (ImagePath) -> Bool = { _ in false }
    ) throws {
        root = try RootDirectory(folder)
        var found: [(path: ImagePath, status: RootDirectory.Status)] = []
        try Self.walk(.root, of: root, leavingOut: isLeftOut, into: &found)
        added = Dictionary(additions.map { ($0.path, $0.bytes) }, uniquingKeysWith: { $1 })
        found.removeAll { [added] in added[$0.path] != nil && $0.status.kind != .directory }
        found.sort { $0.path < $1.path }
        let contents = found.filter { $0.status.kind != .directory }
        let time = time ?? (contents.isEmpty ? found : contents).map(\.status.mtime).max() ?? 0
        self.time = max(0, time)
        var builder = Builder(root: root, owners: owners, time: self.time)
        for (path, status) in found { try builder.add(path, status) }
        for file in additions { try builder.add(file) }
        items = builder.items.sorted { $0.path < $1.path }
        (contentSize, diagnostics) = (builder.contentSize, builder.diagnostics)
    }

    private static func walk(
        _ directory: ImagePath, of root: RootDirectory, leavingOut isLeftOut: (ImagePath) -> Bool,
        into found: inout [(path: ImagePath, status: RootDirectory.Status)]
    ) throws {
        try Task.checkCancellation()
        for name in try root.names(in: directory) {
            guard let path = directory.appending(name), let status = try root.status(of: path) else {
                throw BuildingError.unpackable(
                    root.path / directory.text / name, reason: "its name is not UTF-8")
            }
            if isLeftOut(path) { continue }
            guard found.count < entryLimit else {
                throw BuildingError.unpackable(root.path, reason: "it holds more than \(entryLimit) entries")
            }
            found.append((path, status))
            if status.kind == .directory { try walk(path, of: root, leavingOut: isLeftOut, into: &found) }
        }
    }

    /// Hands a file's content to `body`, piece by piece.
    func content(of item: Item, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        if let bytes = added[item.path] { return try bytes.withUnsafeBytes(body) }
        let reader = try root.reader(of: item.path)
        try reader.forEachPiece(of: Int(clamping: min(max(item.entry.size, 1), 128 << 10))) { piece in
            try Task.checkCancellation()
            try body(piece)
        }
    }
}

/// Entries from what the file system says.
private struct Builder {
    let root: RootDirectory
    let owners: PackedOwners
    let time: Int64
    var items: [PackedFolder.Item] = []
    var contentSize: Int64 = 0
    var diagnostics: [Diagnostic] = []
    private var firstNames: [RootDirectory.Status.Identity: ImagePath] = [:]
    private var kinds: [ImagePath: TarEntry.Kind] = [:]

    init(root: RootDirectory, owners: PackedOwners, time: Int64) {
        self.root = root
        self.owners = owners
        self.time = time
    }

    mutating func add(_ path: ImagePath, _ status: RootDirectory.Status) throws {
        var entry = TarEntry(path: path.text, kind: .file, mode: status.mode, mtime: time)
        if owners == .asInFolder { (entry.uid, entry.gid) = (status.uid, status.gid) }
        switch status.kind {
        case .directory:
            entry.kind = .directory
            entry.xattrs = try attributes(path)
        case .symbolicLink:
            entry.kind = .symlink
            // A link has no rights of its own; what file systems say of it differs.
            entry.mode = 0o777
            entry.linkTarget = try root.target(of: path)
        case .file:
            if status.links > 1, let first = firstNames[status.identity] {
                entry.kind = .hardlink
                entry.linkTarget = first.text
            } else {
                firstNames[status.identity] = path
                entry.size = status.size
                contentSize += status.size
                entry.xattrs = try attributes(path)
            }
        case .characterDevice, .blockDevice, .pipe, .socket:
            throw BuildingError.unpackable(
                root.path / path.text, reason: "it is no file, directory or link; remove it from the folder")
        }
        items.append(.init(path: path, entry: entry))
        kinds[path] = entry.kind
    }

    /// A file of the package's own making; what is in its way is refused.
    mutating func add(_ file: AddedFile) throws {
        var missing: [ImagePath] = []
        var parent = file.path.parent
        while let path = parent, !path.isRoot {
            if kinds[path] == nil { missing.append(path) }
            guard [nil, .directory].contains(kinds[path]) else {
                throw BuildingError.unpackable(
                    root.path / path.text, reason: "it is no directory, and '\(file.path)' goes below it")
            }
            parent = path.parent
        }
        guard kinds[file.path] == nil else {
            throw BuildingError.unpackable(root.path / file.path.text, reason: "a file goes in its place")
        }
        for path in missing {
            items.append(
                .init(
                    path: path,
                    entry: TarEntry(path: path.text, kind: .directory, mode: 0o755, mtime: time)))
            kinds[path] = .directory
        }
        let size = Int64(file.bytes.count)
        items.append(
            .init(
                path: file.path,
                entry: TarEntry(path: file.path.text, kind: .file, mode: file.mode, size: size, mtime: time)))
        kinds[file.path] = .file
        contentSize += size
    }

    /// Capabilities and what users set; what a security module or an access list says holds for this machine alone.
    private mutating func attributes(_ path: ImagePath) throws -> [String: [UInt8]] {
        let all = try root.extendedAttributes(of: path)
        let kept = all.filter {
            ($0.key == "security.capability" || $0.key.hasPrefix("user.")) && !$0.value.isEmpty
        }
        let lost = all.keys.filter { $0.hasPrefix("system.posix_acl") }.sorted()
        if !lost.isEmpty {
            diagnostics.append(
                Diagnostic(
                    .warning, .attributeLeftOut,
                    "\(path): \(lost.joined(separator: ", ")) cannot be carried by a package and was left out"
                ))
        }
        return kept
    }
}

extension Diagnostic.Code {
    static let attributeLeftOut = Self(rawValue: "attribute-left-out")
}
