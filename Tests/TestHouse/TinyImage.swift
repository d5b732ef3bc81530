// SPDX-License-Identifier: Apache-2.0
internal import Archives
package import Storage
package import Vocabulary

/// A layout with one small image, made of what a test says.
package struct TinyImage {
    private var files: [(TarEntry, [UInt8])] = []
    package var process = ImageConfiguration.Process()
    package var architecture: Architecture

    package init(_ architecture: Architecture = .amd64) { self.architecture = architecture }

    package mutating func directory(_ path: String, mode: UInt16 = 0o755, uid: UInt32 = 0, gid: UInt32 = 0) {
        files.append((TarEntry(path: path, kind: .directory, mode: mode, uid: uid, gid: gid), []))
    }

    package mutating func file(_ path: String, _ content: [UInt8], mode: UInt16 = 0o644, uid: UInt32 = 0) {
        files.append(
            (TarEntry(path: path, kind: .file, mode: mode, uid: uid, size: Int64(content.count)), content))
    }

    package mutating func file(_ path: String, _ content: String, mode: UInt16 = 0o644) {
        file(path, Array(content.utf8), mode: mode)
    }

    package mutating func link(_ path: String, to target: String) {
        files.append((TarEntry(path: path, kind: .symlink, mode: 0o777, linkTarget: target), []))
    }

    package mutating func hardLink(_ path: String, to target: String) {
        files.append((TarEntry(path: path, kind: .hardlink, mode: 0o644, linkTarget: target), []))
    }

    /// The layer's tar.
    package func layer() throws -> [UInt8] {
        var tar = TarWriter(MemorySink())
        for (entry, content) in files { try tar.append(entry, content: content) }
        try tar.finishArchive()
        return tar.sink.bytes
    }

    /// Writes the image's blobs and returns its manifest's descriptor. `earlier` layers come before this one's.
    package func write(to store: ContentStore, earlier: [[UInt8]] = []) throws -> Descriptor {
        let layers = earlier + [try layer()]
        for layer in layers { try store.write(layer) }
        let configuration = try CanonicalJSON.encode(
            ImageConfiguration(
                platform: architecture.platform, created: Timestamp(seconds: 0), config: process,
                diffIDs: layers.map { ContentHasher.digest(of: $0) }))
        try store.write(configuration)
        let manifest = try CanonicalJSON.encode(
            ImageManifest(
                config: Descriptor(configuration, mediaType: .imageConfig),
                layers: layers.map { Descriptor($0, mediaType: .layerTar) }))
        try store.write(manifest)
        return Descriptor(manifest, mediaType: .imageManifest, platform: architecture.platform)
    }
}
