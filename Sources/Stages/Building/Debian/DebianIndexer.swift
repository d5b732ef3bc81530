// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
package import Vocabulary

/// Everything that a repository is about to say, before it says it: signing comes between.
package struct PreparedRelease: Sendable {
    /// Paths below the suite's folder and their bytes.
    let files: [(path: String, bytes: [UInt8])]
    /// Paths below the suite's folder of what clients may still ask for by its digest.
    let kept: Set<String>
    /// The text of `Release`.
    package let release: [UInt8]
    package let packages: Int
    /// Pool paths of the packages that were read through.
    package let read: [String]
    /// Of the packages that were listed before.
    package let gone: Int
    /// False where the repository already says all of this.
    package let changed: Bool
    let stamps: [String: FileStamp]

    package var memory: IndexMemory {
        IndexMemory(index: ContentHasher.digest(of: release), stamps: stamps)
    }
}

/// Writes the indexes of a folder of Debian packages: `dists/SUITE/COMPONENT/binary-ARCHITECTURE/Packages`, plain and
/// compressed, also under their digests, and `Release`. What lies below `pool/NAME` is of the component NAME, all else of
/// `main`. Only packages that are new are read: what the present indexes say of the others is kept where they are those
/// of the last run and the package's file has not been touched since.
package struct DebianIndexer: Sendable {
    private let root: HostPath
    private let identity: ReleaseIdentity

    package init(_ root: HostPath, as identity: ReleaseIdentity) {
        self.root = root
        self.identity = identity
    }

    private var suiteFolder: HostPath { root / "dists" / identity.suite }

    /// Reads what is new and works out the indexes. Nothing is written.
    /// - Parameters:
    ///   - date: of the release, where anything changed.
    ///   - memory: of the last run over this folder and suite.
    ///   - paths: packages that are about to become others, and that nobody should ask for meanwhile.
    /// - Throws: `notAPackage` for a file that clients could not use.
    package func prepare(
        date: Timestamp, memory: IndexMemory?, leavingOut paths: Set<String> = []
    ) throws(BuildingError) -> PreparedRelease {
        try BuildingError.wrapping {
            let present = try PresentRelease(suiteFolder, memory)
            var pool = PoolRun(root: root, present: present, leftOut: paths)
            try pool.walk(.root)
            guard !pool.listings.isEmpty || !paths.isEmpty else { throw BuildingError.noPackages(root) }
            let (files, release) = try indexes(pool.listings, and: paths)
            let text = Array(release.text(date: date).utf8)
            let stays = ReleaseFile.withoutDate(text) == ReleaseFile.withoutDate(present.bytes)
            let bytes = stays ? present.bytes : text
            let isIntact = try files.allSatisfy { file in
                let path = suiteFolder / file.path
                return try HostDirectory.exists(path)
                    && HostDirectory.read(path, limit: 512 << 20) == file.bytes
            }
            let names = Set(pool.listings.map(\.path))
            return PreparedRelease(
                files: files, kept: Set(present.files.map { Self.byHash($0.key, $0.value) }), release: bytes,
                packages: pool.listings.count, read: pool.read,
                gone: present.records.keys.count { !names.contains($0) }, changed: !(stays && isIntact),
                stamps: pool.stamps)
        }
    }

    /// Puts a prepared release in its place: indexes first, then `InRelease`, then `Release`. What the last release named
    /// stays for those who are reading it.
    /// - Parameter signed: the clear-signed text of the release; nil leaves the repository without a signature.
    package func write(_ prepared: PreparedRelease, signed: [UInt8]?) throws(BuildingError) {
        try BuildingError.wrapping {
            try DurableFiles.synchronize(prepared.read, in: root)
            var byHash = prepared.kept
            for (path, bytes) in prepared.files {
                let hashed = Self.byHash(path, ContentHasher.digest(of: bytes))
                byHash.insert(hashed)
                for place in [hashed, path] {
                    let file = suiteFolder / place
                    try HostDirectory.create(file.parent, durable: true)
                    try AtomicFile.replace(file, with: bytes)
                }
            }
            let inRelease = suiteFolder / "InRelease"
            if let signed {
                try AtomicFile.replace(inRelease, with: signed)
            } else {
                // It would vouch for what is there no more.
                try HostDirectory.remove(inRelease)
            }
            // Last: by an old Release the next run sees that this one was cut off.
            try AtomicFile.replace(suiteFolder / "Release", with: prepared.release)
            try sweep(keeping: byHash, beside: prepared.files.map(\.path))
        }
    }

    /// Takes indexes away that neither this release nor the last one names.
    private func sweep(keeping kept: Set<String>, beside paths: [String]) throws {
        for folder in Set(paths.map { HostPath($0).parent / "by-hash" / "SHA256" }) {
            for name in try HostDirectory.names(in: suiteFolder / folder.text)
            where !kept.contains("\(folder)/\(name)") {
                try HostDirectory.remove(suiteFolder / folder.text / name)
            }
        }
    }

    private static func byHash(_ path: String, _ digest: Digest) -> String {
        (HostPath(path).parent / "by-hash" / "SHA256" / digest.hex).text
    }

    /// The places of the packages that the suite's indexes name, whoever wrote them.
    package func listed() throws(BuildingError) -> Set<String> {
        try BuildingError.wrapping {
            Set(
                try PresentRelease.listings(in: suiteFolder, PresentRelease(suiteFolder, nil).files).map(
                    \.path))
        }
    }

    /// The indexes of every component and architecture, those of what is left out for now too.
    private func indexes(
        _ listings: [PackageListing], and leftOut: Set<String>
    ) throws -> (files: [(path: String, bytes: [UInt8])], release: ReleaseFile) {
        let components = Set(listings.map(\.component) + leftOut.map { PackageListing.component(of: $0) })
            .sorted()
        let named = Set(listings.map(\.architecture) + leftOut.map { PackageListing.architecture(of: $0) })
            .subtracting(["all"]).sorted()
        // What fits every architecture is listed with each.
        let architectures = named.isEmpty ? ["all"] : named
        var files: [(path: String, bytes: [UInt8])] = []
        var listed: [String: (digest: Digest, size: Int)] = [:]
        for component in components {
            for architecture in architectures {
                let text = listings.filter {
                    $0.component == component && [architecture, "all"].contains($0.architecture)
                }.map { $0.text + "\n" }.joined()
                let plain = Array(text.utf8)
                let base = "\(component)/binary-\(architecture)/Packages"
                let compressed = try XzWriter(MemorySink())
                try plain.withUnsafeBytes { try compressed.write($0) }
                try compressed.finish()
                files += [
                    (base, plain), ("\(base).gz", try GzipMemberWriter.member(of: plain)),
                    ("\(base).xz", compressed.sink.bytes),
                ]
            }
        }
        for (path, bytes) in files { listed[path] = (ContentHasher.digest(of: bytes), bytes.count) }
        return (
            files,
            ReleaseFile(
                identity: identity, architectures: architectures, components: components, files: listed)
        )
    }
}

/// One package in an index.
struct PackageListing {
    /// Below the repository's root.
    let path: String
    let component: String
    let architecture: String
    /// The stanza, with its place, size and digest.
    let text: String
}

/// The release that is there, with the stanzas that may be kept.
private struct PresentRelease {
    var bytes: [UInt8] = []
    /// By path below the suite's folder.
    var files: [String: Digest] = [:]
    /// Stanzas by the package's path.
    var records: [String: PackageListing] = [:]
    var stamps: [String: FileStamp] = [:]

    init(_ folder: HostPath, _ memory: IndexMemory?) throws {
        guard try HostDirectory.exists(folder / "Release") else { return }
        bytes = try HostDirectory.read(folder / "Release")
        guard let release = try? ControlFile.parse(bytes, what: "Release").first else { return }
        files = ReleaseFile.files(in: release)
        guard let memory, memory.index == ContentHasher.digest(of: bytes) else { return }
        stamps = memory.stamps
        for record in Self.listings(in: folder, files) { records[record.path] = record }
    }

    /// What the indexes say that are those of the release.
    static func listings(in folder: HostPath, _ files: [String: Digest]) -> [PackageListing] {
        files.filter { $0.key.hasSuffix("/Packages") }.flatMap { path, digest -> [PackageListing] in
            guard let text = try? HostDirectory.read(folder / path, limit: 512 << 20),
                ContentHasher.digest(of: text) == digest
            else { return [] }
            return String(decoding: text, as: UTF8.self).split(separator: "\n\n").compactMap {
                PackageListing(parsing: $0)
            }
        }
    }
}

extension PackageListing {
    /// A stanza of an index that this program wrote.
    init?(parsing block: Substring) {
        guard let stanza = try? ControlFile.parse(Array(block.utf8), what: "an index").first,
            let path = stanza["Filename"], let architecture = stanza["Architecture"]
        else { return nil }
        self.init(
            path: path, component: Self.component(of: path), architecture: architecture,
            text: stanza.description)
    }

    /// As the file's name says: `NAME_VERSION_ARCHITECTURE.deb`.
    static func architecture(of path: String) -> String {
        String(path.split(separator: "_").last?.prefix { $0 != "." } ?? "all")
    }

    static func component(of path: String) -> String {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "pool" ? String(parts[1]) : "main"
    }
}

/// One pass over a repository's packages.
private struct PoolRun {
    let root: HostPath
    let present: PresentRelease
    let leftOut: Set<String>
    var listings: [PackageListing] = []
    var stamps: [String: FileStamp] = [:]
    var read: [String] = []

    mutating func walk(_ folder: ImagePath) throws {
        for name in try HostDirectory.names(in: root / folder.text) {
            try Task.checkCancellation()
            guard let path = folder.appending(name), path.text != "dists" else { continue }
            if name.hasSuffix(".deb") {
                if !leftOut.contains(path.text) { try add(path.text) }
            } else if try HostDirectory.isDirectory(root / path.text) {
                try walk(path)
            }
        }
    }

    private mutating func add(_ path: String) throws {
        guard let stamp = try FileStamp.of(root / path) else {
            throw BuildingError.notAPackage(root / path, reason: "it is no regular file")
        }
        stamps[path] = stamp
        if let known = present.records[path], present.stamps[path] == stamp {
            listings.append(known)
            return
        }
        let (listed, size, digest) = try DebianPackageFile(root / path).listing()
        var stanza = listed
        stanza.set("Filename", path)
        stanza.set("Size", "\(size)")
        stanza.set("SHA256", digest.hex)
        read.append(path)
        listings.append(
            PackageListing(
                path: path, component: PackageListing.component(of: path),
                architecture: stanza["Architecture"] ?? "", text: stanza.description))
    }
}
