// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Synchronization
internal import Vocabulary

/// A registry's state on disk. Content is shared by all repositories; what a repository shows is a tree of small files:
///
///     ROOT/blobs/sha256/HEX                          content: blobs and manifests
///     ROOT/repositories/NAME/_blobs/HEX              the repository shows this blob
///     ROOT/repositories/NAME/_manifests/HEX          … this manifest; the file holds its media type
///     ROOT/repositories/NAME/_referrers/HEX/HEX      … SUBJECT/REFERRER; the file holds the descriptor
///     ROOT/repositories/NAME/_tags/TAG               the file holds a digest
///
/// (No part of a repository's name begins with `_`.) Each file appears or is replaced as a whole, after what it names
/// is on disk, so a registry that is killed anywhere starts with every push that it acknowledged. Everything here
/// blocks: call it on worker threads.
struct RegistryStore: Sendable {
    typealias Repository = ImageReference.Repository
    typealias Tag = ImageReference.Tag

    let content: ContentStore
    private let repositories: HostPath
    private let directories: DurableDirectories
    private let locks = RepositoryLocks()
    /// Two servers on one directory would not see each other's locks.
    private let ownership: FileLock

    init(at root: HostPath) throws(StorageError) {
        content = try ContentStore(at: root, .durable)
        ownership = try FileLock(root / "registry.lock", waiting: false)
        repositories = root / "repositories"
        try HostDirectory.create(repositories, durable: true)
        directories = DurableDirectories(below: repositories)
    }

    private func directory(_ repository: Repository) -> HostPath { repositories / repository.name }

    private func file(_ repository: Repository, _ kind: String, _ name: String) -> HostPath {
        directory(repository) / kind / name
    }

    /// Writes a link; its directory is created where need be.
    private func link(_ path: HostPath, _ bytes: [UInt8]) throws(StorageError) {
        try directories.ensure(path.parent)
        try AtomicFile.replace(path, with: bytes)
    }

    /// The content of a link; nil where it is not there.
    private func text(_ path: HostPath) throws(StorageError) -> String? {
        guard try HostDirectory.exists(path) else { return nil }
        return String(decoding: try HostDirectory.read(path, limit: 64 << 10), as: UTF8.self)
    }

    private func names(_ path: HostPath) throws(StorageError) -> [String] {
        try HostDirectory.exists(path) ? try HostDirectory.names(in: path).filter { !$0.hasPrefix(".") } : []
    }
}

// MARK: - Blobs

extension RegistryStore {
    /// Bytes of a blob that the repository shows; nil where it shows none of that digest.
    func blobSize(_ digest: Digest, in repository: Repository) throws(StorageError) -> Int64? {
        guard digest.algorithm == .sha256, try HostDirectory.exists(file(repository, "_blobs", digest.hex))
        else {
            return nil
        }
        return content.size(of: digest)
    }

    /// Lets the repository show a blob whose content is stored.
    func showBlob(_ digest: Digest, in repository: Repository) throws(StorageError) {
        if try blobSize(digest, in: repository) != nil { return }
        try content.sync()
        try link(file(repository, "_blobs", digest.hex), [])
    }

    /// False where the repository showed no such blob. The content stays: other repositories may show it.
    func hideBlob(_ digest: Digest, in repository: Repository) throws(StorageError) -> Bool {
        let path = file(repository, "_blobs", digest.hex)
        guard digest.algorithm == .sha256, try HostDirectory.exists(path) else { return false }
        try HostDirectory.remove(path)
        return true
    }
}

// MARK: - Manifests

extension RegistryStore {
    struct StoredManifest: Equatable {
        let digest: Digest
        let mediaType: MediaType
        let size: Int64
    }

    /// Nil where the repository shows no such manifest.
    func manifest(
        _ reference: ManifestReference, in repository: Repository
    ) throws(StorageError) -> StoredManifest? {
        let digest: Digest
        switch reference {
        case .digest(let named): digest = named
        case .tag(let tag):
            guard let text = try text(file(repository, "_tags", tag.name)), let named = try? Digest(text)
            else {
                return nil
            }
            digest = named
        }
        guard digest.algorithm == .sha256, let size = content.size(of: digest),
            let mediaType = try text(file(repository, "_manifests", digest.hex))
        else { return nil }
        return StoredManifest(digest: digest, mediaType: MediaType(rawValue: mediaType), size: size)
    }

    /// The manifest's bytes, verified. A damaged one is dropped: it is missing from then on, so that pushing it again
    /// helps, which finds nothing to do where a manifest is there.
    func bytes(of manifest: StoredManifest) throws(StorageError) -> [UInt8] {
        do throws(StorageError) {
            return try content.read(manifest.digest, limit: ManifestFacts.sizeLimit)
        } catch {
            try drop(manifest.digest, after: error)
            throw error
        }
    }

    private func drop(_ digest: Digest, after error: StorageError) throws(StorageError) {
        switch error {
        case .damaged: try content.remove(digest)
        default: break
        }
    }

    /// Stores a manifest, lists it with its subject, and only then moves the tag.
    func put(
        _ bytes: [UInt8], _ facts: ManifestFacts, as reference: ManifestReference, in repository: Repository
    ) throws -> Digest {
        let digest = ContentHasher.digest(of: bytes)
        if case .digest(let named) = reference, named != digest {
            throw RegistryFailure(400, .digestInvalid, "the manifest's digest is \(digest), not \(named)")
        }
        // A blob or manifest that is being deleted meanwhile either is seen here or is deleted after the tag moved.
        try locks.withLock(repository) {
            try requireReferences(of: facts, in: repository)
            try content.write(bytes)
            try content.sync()
            if let subject = facts.subject {
                let entry = facts.referrer(digest: digest, size: Int64(bytes.count))
                try link(
                    file(repository, "_referrers", subject.digest.hex) / digest.hex,
                    CanonicalJSON.encode(entry))
            }
            try link(file(repository, "_manifests", digest.hex), Array(facts.mediaType.rawValue.utf8))
            if case .tag(let tag) = reference {
                try link(file(repository, "_tags", tag.name), Array(digest.description.utf8))
            }
        }
        return digest
    }

    /// Everything but the subject must be in this repository, with the size that the manifest says.
    private func requireReferences(of facts: ManifestFacts, in repository: Repository) throws {
        for blob in facts.blobs {
            try require(blob, try blobSize(blob.digest, in: repository), "blob", repository)
        }
        for child in facts.manifests {
            try require(
                child, try manifest(.digest(child.digest), in: repository)?.size, "manifest", repository)
        }
    }

    private func require(
        _ descriptor: Descriptor, _ size: Int64?, _ kind: String, _ repository: Repository
    ) throws(RegistryFailure) {
        guard let size else {
            throw RegistryFailure(
                404, .manifestBlobUnknown,
                "\(repository) has no \(kind) \(descriptor.digest), which the manifest names; push it first")
        }
        guard size == descriptor.size else {
            throw RegistryFailure(
                400, .sizeInvalid,
                "\(descriptor.digest) has \(size) bytes; the manifest says \(descriptor.size)")
        }
    }

    /// Deletes a tag, or a manifest with its tags and its place among its subject's referrers. False where there is
    /// none.
    func delete(_ reference: ManifestReference, in repository: Repository) throws -> Bool {
        try locks.withLock(repository) {
            guard let found = try manifest(reference, in: repository) else { return false }
            switch reference {
            case .tag(let tag): try HostDirectory.remove(file(repository, "_tags", tag.name))
            case .digest(let digest):
                for tag in try tags(of: repository) ?? []
                where try text(file(repository, "_tags", tag)) == "\(digest)" {
                    try HostDirectory.remove(file(repository, "_tags", tag))
                }
                if let facts = try? ManifestFacts(bytes(of: found), contentType: nil),
                    let subject = facts.subject
                {
                    try HostDirectory.remove(file(repository, "_referrers", subject.digest.hex) / digest.hex)
                }
                try HostDirectory.remove(file(repository, "_manifests", digest.hex))
            }
            return true
        }
    }
}

// MARK: - Lists

extension RegistryStore {
    /// In byte order; nil where there is no such repository.
    func tags(of repository: Repository) throws(StorageError) -> [String]? {
        let known = try names(directory(repository)).contains { $0.hasPrefix("_") }
        return known ? try names(directory(repository) / "_tags") : nil
    }

    /// Who names `subject`; empty where nobody does. One that was lost to damage is listed on, so that a signature that
    /// is gone does not read as one that never was.
    func referrers(of subject: Digest, in repository: Repository) throws(StorageError) -> [Descriptor] {
        let directory = file(repository, "_referrers", subject.hex)
        var referrers: [Descriptor] = []
        for name in try names(directory) {
            guard let digest = try? Digest(hex: name),
                try text(file(repository, "_manifests", digest.hex)) != nil,
                let bytes = try? HostDirectory.read(directory / name, limit: ManifestFacts.sizeLimit),
                let entry = try? CanonicalJSON.decode(Descriptor.self, from: bytes, what: "a referrer")
            else { continue }
            referrers.append(entry)
        }
        return referrers
    }

    /// Every repository, in byte order.
    func repositoryNames() throws(StorageError) -> [String] {
        var found: [String] = []
        var waiting = [""]
        while let name = waiting.popLast() {
            let here = name.isEmpty ? repositories : repositories / name
            guard try HostDirectory.isDirectory(here) else { continue }
            let entries = try names(here)
            if entries.contains(where: { $0.hasPrefix("_") }) { found.append(name) }
            waiting += entries.filter { !$0.hasPrefix("_") }.map { name.isEmpty ? $0 : "\(name)/\($0)" }
        }
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// One lock for changes of each repository; a few share one.
private struct RepositoryLocks: Sendable {
    private final class Lock: Sendable { let mutex = Mutex(()) }
    private let locks = (0..<64).map { _ in Lock() }

    func withLock<Value>(
        _ repository: ImageReference.Repository, _ body: () throws -> Value
    ) throws -> Value {
        let place = Int(ContentHasher.digest(of: repository.name).bytes[0]) % locks.count
        return try locks[place].mutex.withLock { _ in try body() }
    }
}
