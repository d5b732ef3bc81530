// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Glibc
internal import Storage
internal import Vocabulary

/// What linters know of a package's files: every entry, and what was read of its content in one pass.
struct LintTree {
    struct Entry {
        var path: ImagePath
        var status: RootDirectory.Status
        /// Of a symbolic link.
        var target: String?
        var elf: (facts: ELFFacts, hardening: ELFHardening)?
        /// A script's first line.
        var script: (interpreter: String, argument: String?)?
        /// Its content names the folder in which it was built.
        var namesBuildFolder = false
        /// The first bytes.
        var head: [UInt8] = []

        var isFile: Bool { status.kind == .file }
        var parent: String { path.parent?.text ?? "" }
        var name: String { String(path.name) }
    }

    private static let limits = (entries: 1_000_000, file: Int64(512 << 20), head: 256)
    private static let buildFolder = Array(Recipe.workspace.utf8)

    let root: RootDirectory
    /// In byte order of their paths.
    private(set) var entries: [Entry] = []

    /// Reads the whole folder, which becomes the package's root. Throws `unpackable` for what is too much.
    init(_ folder: HostPath) throws {
        root = try RootDirectory(folder)
        try walk(.root)
        entries.sort { $0.path < $1.path }
    }

    private mutating func walk(_ directory: ImagePath) throws {
        try Task.checkCancellation()
        for name in try root.names(in: directory) {
            guard let path = directory.appending(name), let status = try root.status(of: path) else {
                continue
            }
            guard entries.count < Self.limits.entries else {
                throw BuildingError.unpackable(
                    root.path, reason: "it holds more than \(Self.limits.entries) entries")
            }
            var entry = Entry(path: path, status: status)
            switch status.kind {
            case .symbolicLink: entry.target = try root.target(of: path)
            case .file where status.size > 0 && status.size <= Self.limits.file: try read(&entry)
            default: break
            }
            entries.append(entry)
            if status.kind == .directory { try walk(path) }
        }
    }

    private func read(_ entry: inout Entry) throws {
        try MappedFile(root.path / entry.path.text).withUnsafeBytes { bytes in
            entry.head = Array(bytes.prefix(Self.limits.head))
            if let facts = ELFReader.facts(of: bytes), let hardening = ELFReader.hardening(of: bytes) {
                entry.elf = (facts, hardening)
            } else if case .script(let interpreter, let argument)? = ShebangReader.program(
                in: entry.head[...])
            {
                entry.script = (interpreter, argument)
            }
            entry.namesBuildFolder = Self.namesBuildFolder(bytes)
        }
    }

    /// Whether the build's folder is named as a whole: a longer name is another folder's.
    static func namesBuildFolder(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        var at = 0
        while bytes.count - at >= buildFolder.count,
            let slash = memchr(base + at, Int32(buildFolder[0]), bytes.count - at)
        {
            at = UnsafeRawPointer(slash) - base
            let end = at + buildFolder.count
            guard end <= bytes.count else { return false }
            if memcmp(slash, buildFolder, buildFolder.count) == 0 {
                guard end < bytes.count, goesOn(bytes[end]) else { return true }
            }
            at += 1
        }
        return false
    }

    private static func goesOn(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x2E: true
        default: false
        }
    }
}
