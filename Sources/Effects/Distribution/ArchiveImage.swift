// SPDX-License-Identifier: Apache-2.0

internal import Archives
package import Storage
package import Vocabulary

/// An image in a tar: of an OCI layout, or what `docker save` writes (plain or compressed as a whole). The archive is
/// unpacked once, each file as a blob by its own digest, into a layout that goes with this object; no name out of
/// the archive becomes a path.
package struct ArchiveImage: ImageSource {
    private let image: LayoutImage
    /// Keeps the unpacked layout.
    private let directory: TemporaryDirectory

    /// What is read of an archive before it is refused.
    private static let limits = (files: 20_000, bytes: Int64(1) << 40, json: 16 << 20)

    /// Opens the image that `name` says, a tag, a whole name or a digest; without one, the only one.
    package init(_ path: HostPath, name: String? = nil, scratch: HostPath, workers: WorkerThreads)
        async throws
    {
        let directory = try TemporaryDirectory(in: scratch)
        self.directory = directory
        let layout = try await workers.run {
            try DistributionError.translating { try Self.unpack(path, into: directory.path) }
        }
        image = try await LayoutImage(layout, name: name, place: path.text, workers: workers)
    }

    package func resolve(_ tag: ImageReference.Tag?) async throws -> Descriptor? {
        try await image.resolve(tag)
    }

    package func manifest(_ descriptor: Descriptor) async throws -> [UInt8] {
        try await image.manifest(descriptor)
    }

    package func blob(_ descriptor: Descriptor, limit: Int) async throws -> [UInt8] {
        try await image.blob(descriptor, limit: limit)
    }

    package func fetch(_ descriptor: Descriptor, into store: ContentStore) async throws {
        try await image.fetch(descriptor, into: store)
    }

    package func referrers(of subject: Digest) async throws -> [Descriptor] {
        try await image.referrers(of: subject)
    }

    // MARK: - Unpacking

    private struct Contents {
        /// Files by their name in the archive, links followed.
        var files: [String: (digest: Digest, size: Int64)] = [:]
        var links: [String: String] = [:]

        func file(_ name: String) -> (digest: Digest, size: Int64)? {
            files[name] ?? links[name].flatMap { files[$0] }
        }
    }

    private static func unpack(_ path: HostPath, into directory: HostPath) throws -> ImageLayout {
        let layout = try ImageLayout.create(at: directory / "layout")
        let contents: Contents
        do {
            contents = try read(path, into: layout.blobs)
        } catch let error as ArchiveError {
            throw DistributionError.badArchive(path: path, reason: "\(error)")
        }
        if contents.file("oci-layout") != nil, let index = contents.file("index.json") {
            let bytes = try layout.blobs.read(index.digest, limit: limits.json)
            let decoded: ImageIndex
            do throws(CanonicalJSON.ReadError) {
                decoded = try CanonicalJSON.decode(from: bytes, what: "index.json", limit: limits.json)
            } catch { throw DistributionError.badArchive(path: path, reason: "\(error)") }
            try layout.setIndex(decoded)
        } else if let manifest = contents.file("manifest.json") {
            try layout.setIndex(
                DockerArchive.index(
                    layout.blobs.read(manifest.digest, limit: limits.json), path, layout.blobs
                ) {
                    contents.file($0)
                })
        } else {
            throw DistributionError.badArchive(
                path: path, reason: "it holds neither oci-layout and index.json nor manifest.json")
        }
        return layout
    }

    private static func read(_ path: HostPath, into store: ContentStore) throws -> Contents {
        let opened = try Decompressor.open(
            sniffing: FileReader(path), limits: DecodingLimits(outputBytes: limits.bytes))
        let reader = TarReader(opened.source)
        var contents = Contents()
        while let entry = try reader.next() {
            guard let name = ImagePath(entry.path)?.text, !name.isEmpty else { continue }
            guard contents.files.count + contents.links.count < limits.files else {
                throw DistributionError.badArchive(
                    path: path, reason: "it holds more than \(limits.files) files")
            }
            switch entry.kind {
            case .file:
                let writer = try store.writer()
                try BlobCopy.copy(reader, to: writer) { _ in }
                let blob = try writer.finish(expecting: nil)
                contents.files[name] = (blob.digest, blob.size)
            case .hardlink: contents.links[name] = ImagePath(entry.linkTarget)?.text
            case .symlink:
                // `docker save` of old linked equal layers to one another: relative to the link's own directory.
                contents.links[name] = resolved(entry.linkTarget, from: name)
            default: break
            }
        }
        return contents
    }

    /// `../HEX/layer.tar` beside `DIR/layer.tar`: only a name to look up, never a path that is opened.
    private static func resolved(_ target: String, from name: String) -> String? {
        var parts = name.split(separator: "/").dropLast().map(String.init)
        for part in target.split(separator: "/") where part != "." {
            if part == ".." {
                guard parts.popLast() != nil else { return nil }
            } else {
                parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}
