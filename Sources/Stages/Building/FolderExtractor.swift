// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// Unpacks an archive's entries into a folder of its own. No path and no link of them leads out of it: paths are walked one
/// name at a time and links on the way are refused. Modes and times are kept, owners only by root; devices are left
/// out, as a package that needs some is nothing to look into.
struct FolderExtractor {
    let root: RootDirectory
    /// For errors.
    let package: HostPath
    /// Leading components of every path that are left out, with the entries that have no more.
    var stripComponents = 0
    /// Whether files belong to whom the archive says, where that can be had.
    var keepsOwners = true
    /// Whether a file or link takes the place of what is there already, as where several sources are unpacked into one
    /// folder.
    var replaces = false
    /// Of all files and links; seconds since 1970.
    private(set) var newest: Int64 = 0
    private var directories: [(path: ImagePath, entry: TarEntry)] = []
    private var left: (devices: [String], owners: Bool, attributes: [String]) = ([], false, [])

    init(into root: RootDirectory, from package: HostPath) {
        self.root = root
        self.package = package
    }

    /// Unpacks all of it, and says what was not.
    mutating func extract(_ archive: any EntryReader) throws -> [Diagnostic] {
        while let entry = try archive.next() {
            try Task.checkCancellation()
            guard let named = ImagePath(entry.path) else {
                throw BuildingError.escapes(package, entry: entry.path)
            }
            guard let path = stripped(named) else { continue }
            if entry.kind != .directory { newest = max(newest, entry.mtime) }
            try makeParents(of: path)
            if replaces, entry.kind != .directory, let there = try root.status(of: path),
                there.kind != .directory
            {
                try root.remove(path)
            }
            try extract(entry, at: path, from: archive)
        }
        // The deepest first: a directory without rights must not stop what is below it.
        for (path, entry) in directories.sorted(by: { $1.path < $0.path }) { try finish(path, entry) }
        return diagnostics
    }

    /// Nil for what has no components left; the root itself where nothing is stripped.
    private func stripped(_ path: ImagePath) -> ImagePath? {
        guard stripComponents > 0 else { return path }
        let rest = path.components.dropFirst(stripComponents)
        return rest.isEmpty ? nil : ImagePath(rest.joined(separator: "/"))
    }

    private mutating func extract(_ entry: TarEntry, at path: ImagePath, from archive: any EntryReader) throws
    {
        switch entry.kind {
        case .directory:
            try root.makeDirectory(path)
            directories.append((path, entry))
            return
        case .symlink: try root.makeSymbolicLink(path, to: entry.linkTarget)
        case .hardlink:
            guard let target = ImagePath(entry.linkTarget).flatMap(stripped) else {
                throw BuildingError.escapes(package, entry: "\(entry.path) -> \(entry.linkTarget)")
            }
            // Owner, mode and time are the file's own already.
            return try root.makeHardLink(path, to: target)
        case .fifo: try root.makePipe(path)
        case .characterDevice, .blockDevice:
            left.devices.append(path.absolute)
            return
        case .file:
            let file = try root.makeFile(path)
            try archive.forEachPiece(of: Int(clamping: min(max(entry.size, 1), 128 << 10))) { piece in
                try Task.checkCancellation()
                try file.write(piece)
            }
            try file.flush()
        }
        try finish(path, entry)
    }

    private mutating func finish(_ path: ImagePath, _ entry: TarEntry) throws {
        guard keepsOwners else {
            // Whoever builds may write to everything that it is given.
            let mode = entry.mode & 0o777 | (entry.kind == .directory ? 0o700 : 0o600)
            guard entry.kind != .symlink, let status = try root.status(of: path) else { return }
            try root.setAttributes(path, mode: mode, uid: status.uid, gid: status.gid, mtime: entry.mtime)
            return
        }
        let refused = try root.setAttributes(
            path, mode: entry.mode, uid: entry.uid, gid: entry.gid, mtime: entry.mtime, extended: entry.xattrs
        )
        if !refused.isEmpty { left.attributes.append(path.absolute) }
        if let status = try root.status(of: path), (status.uid, status.gid) != (entry.uid, entry.gid) {
            left.owners = true
        }
    }

    private func makeParents(of path: ImagePath) throws {
        guard let parent = path.parent, !parent.isRoot, try root.status(of: parent) == nil else { return }
        try makeParents(of: parent)
        try root.makeDirectory(parent)
        try root.setAttributes(parent, mode: 0o755, uid: 0, gid: 0, mtime: 0)
    }

    private var diagnostics: [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        func warn(_ code: Diagnostic.Code, _ message: String) {
            diagnostics.append(Diagnostic(.warning, code, message))
        }
        if !left.devices.isEmpty {
            warn(.deviceLeftOut, "devices were left out: \(left.devices.joined(separator: ", "))")
        }
        if left.owners {
            warn(
                .ownerNotKept,
                "everything belongs to you, and not to whom the package says: only root can give files away")
        }
        if !left.attributes.isEmpty {
            warn(
                .attributeLeftOut,
                "extended attributes could not be set on \(left.attributes.joined(separator: ", ")): capabilities need root"
            )
        }
        return diagnostics
    }
}

extension Diagnostic.Code {
    static let deviceLeftOut = Self(rawValue: "device-left-out")
    static let ownerNotKept = Self(rawValue: "owner-not-kept")
}
