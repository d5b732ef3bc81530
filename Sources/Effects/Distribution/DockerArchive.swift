// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

/// `manifest.json` of a `docker save` archive, read into what an OCI layout would say: its configs and layers are
/// already blobs, so each image only needs a manifest.
enum DockerArchive {
    private struct Entry: Decodable {
        var config: String
        var tags: [String]?
        var layers: [String]

        enum CodingKeys: String, CodingKey {
            case config = "Config"
            case tags = "RepoTags"
            case layers = "Layers"
        }
    }

    /// Writes a manifest for each image into `store`, and lists them with their tags.
    static func index(
        _ bytes: [UInt8], _ path: HostPath, _ store: ContentStore,
        file: (String) -> (digest: Digest, size: Int64)?
    ) throws -> ImageIndex {
        let entries: [Entry]
        do throws(CanonicalJSON.ReadError) {
            entries = try CanonicalJSON.decode(from: bytes, what: "manifest.json")
        } catch { throw DistributionError.badArchive(path: path, reason: "\(error)") }

        func descriptor(_ name: String, _ type: MediaType) throws -> Descriptor {
            guard let found = ImagePath(name).flatMap({ file($0.text) }) else {
                throw DistributionError.badArchive(
                    path: path, reason: "its manifest.json names \(name), which is not in it")
            }
            return Descriptor(mediaType: type, digest: found.digest, size: found.size)
        }

        var index = ImageIndex(manifests: [])
        for entry in entries {
            let layers = try entry.layers.map { name in
                var layer = try descriptor(name, .layerTar)
                layer.mediaType = try layerType(store, layer.digest)
                return layer
            }
            let config = try descriptor(entry.config, .imageConfig)
            let manifest = try CanonicalJSON.encode(ImageManifest(config: config, layers: layers))
            try store.write(manifest)
            let listed = Descriptor(manifest, mediaType: .imageManifest)
            let tags = (entry.tags ?? []).compactMap { $0.split(separator: ":").last.map(String.init) }
            for tag in tags.isEmpty ? [nil] : tags.map(Optional.some) {
                var listed = listed
                listed.annotations = tag.map { [ImageLayout.tagAnnotation: $0] }
                index.manifests.append(listed)
            }
        }
        return index
    }

    /// Layers are plain tars, or compressed ones where an OCI store wrote the archive.
    private static func layerType(_ store: ContentStore, _ digest: Digest) throws -> MediaType {
        let reader = try store.reader(of: digest)
        var head = [UInt8](repeating: 0, count: 4)
        let count = try head.withUnsafeMutableBytes { try reader.read(into: $0) }
        return switch Array(head[..<count]) {
        case let bytes where bytes.starts(with: [0x1F, 0x8B]): .layerGzip
        case let bytes where bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]): .layerZstd
        default: .layerTar
        }
    }
}
