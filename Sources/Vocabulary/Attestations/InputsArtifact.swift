// SPDX-License-Identifier: Apache-2.0

/// Everything that an image was made from and that no repository keeps: the definition, its local files, the lock and
/// the signed release files, as one OCI artifact that refers to the image's index. Provenance names it by digest;
/// packages and indexes are named by digest and place in the lock, and indexes travel too where that was asked for.
package struct InputsArtifact: Sendable, Equatable {
    /// A file that the definition names, by the path that it writes.
    package struct LocalFile: Sendable, Hashable {
        package var source: String
        package var content: Descriptor

        package init(source: String, content: Descriptor) {
            self.source = source
            self.content = content
        }
    }

    /// A file of a repository as it was downloaded (a release file with its signature, or an index), and where it was
    /// read.
    package struct RepositoryFile: Sendable, Hashable {
        package var url: String
        package var content: Descriptor

        package init(url: String, content: Descriptor) {
            self.url = url
            self.content = content
        }
    }

    /// The index of the image.
    package var subject: Descriptor
    package var definitionName: String
    package var definition: Descriptor
    package var lock: Descriptor
    package var localFiles: [LocalFile]
    package var releases: [RepositoryFile]
    package var indexes: [RepositoryFile]

    /// Of the contents, media types and annotations are set here; digests and sizes are the caller's.
    package init(
        subject: Descriptor, definitionName: String, definition: Descriptor, lock: Descriptor,
        localFiles: [LocalFile], releases: [RepositoryFile], indexes: [RepositoryFile] = []
    ) {
        self.subject = subject.bare
        self.definitionName = definitionName
        self.definition = definition.bare(as: .slipwayDefinition)
        self.lock = lock.bare(as: .slipwayLock)
        self.localFiles = localFiles.map {
            LocalFile(source: $0.source, content: $0.content.bare(as: .slipwayLocalFile))
        }
        .sorted { $0.source < $1.source }
        self.releases = Self.sorted(releases, as: .slipwayRelease)
        self.indexes = Self.sorted(indexes, as: .slipwayIndex)
    }

    private static func sorted(_ files: [RepositoryFile], as type: MediaType) -> [RepositoryFile] {
        files.map { RepositoryFile(url: $0.url, content: $0.content.bare(as: type)) }
            .sorted { ($0.url, $0.content.digest) < ($1.url, $1.content.digest) }
    }

    /// Limits for what is read: bytes of the definition, the lock, one release file, and counts.
    package enum Limit {
        package static let definition: Int64 = 1 << 20
        package static let lock: Int64 = 64 << 20
        package static let release: Int64 = 16 << 20
        package static let localFile: Int64 = 4 << 30
        package static let localFiles = 1024
        package static let releases = 64
        package static let index: Int64 = 1 << 30
        package static let indexes = 1024
        package static let path = 4095
    }

    /// Each way to be no inputs artifact.
    package enum ReadError: Error, Equatable, CustomStringConvertible {
        case unreadable(CanonicalJSON.ReadError)
        case artifactType(MediaType?)
        case noSubject
        case unknownLayer(MediaType)
        case count(what: String, found: Int, limit: Int)
        case size(what: String, found: Int64, limit: Int64)
        case annotation(what: String)
        case repeated(String)

        package var description: String {
            switch self {
            case .unreadable(let error): error.description
            case .artifactType(let type):
                "an artifact of the type '\(type?.rawValue ?? "none")', not \(MediaType.slipwayInputs)"
            case .noSubject: "an inputs artifact that refers to no image"
            case .unknownLayer(let type):
                "an inputs artifact with a layer of the type '\(type)', which this version does not know"
            case .count(let what, let found, let limit):
                "an inputs artifact with \(found) \(what); \(limit) at most"
            case .size(let what, let found, let limit):
                "an inputs artifact whose \(what) has \(found) bytes; between 0 and \(limit) are read"
            case .annotation(let what): "an inputs artifact without the name or place of its \(what)"
            case .repeated(let source): "an inputs artifact that holds '\(source)' twice"
            }
        }
    }

    package static let sourceAnnotation = "vnd.slipway.source"
    package static let titleAnnotation = "org.opencontainers.image.title"

    /// The manifest: equal inputs, equal bytes.
    package func encode() throws -> [UInt8] {
        func annotated(_ content: Descriptor, _ key: String, _ value: String) -> Descriptor {
            var content = content
            content.annotations = [key: value]
            return content
        }
        let layers =
            [
                annotated(definition, Self.titleAnnotation, definitionName),
                annotated(lock, Self.titleAnnotation, "\(definitionName).lock.json"),
            ] + localFiles.map { annotated($0.content, Self.sourceAnnotation, $0.source) }
            + (releases + indexes).map { annotated($0.content, Self.sourceAnnotation, $0.url) }
        return try CanonicalJSON.encode(
            ImageManifest(config: .emptyJSON, layers: layers, artifactType: .slipwayInputs, subject: subject))
    }

    /// The descriptor of the manifest.
    package func descriptor() throws -> Descriptor {
        Descriptor(try encode(), mediaType: .imageManifest, artifactType: .slipwayInputs)
    }

    /// Reads untrusted bytes: an unknown layer, a second lock or an absurd size is refused.
    package init(_ bytes: [UInt8]) throws(ReadError) {
        let manifest: ImageManifest
        do throws(CanonicalJSON.ReadError) {
            manifest = try CanonicalJSON.decode(from: bytes, what: "the inputs artifact")
        } catch { throw .unreadable(error) }
        guard manifest.artifactType == .slipwayInputs else { throw .artifactType(manifest.artifactType) }
        guard let subject = manifest.subject else { throw .noSubject }
        var sorted = SortedLayers()
        for layer in manifest.layers { try sorted.add(layer) }
        let definition = try sorted.only(sorted.definitions, "definitions", limit: Limit.definition)
        let lock = try sorted.only(sorted.locks, "locks", limit: Limit.lock)
        guard let name = definition.annotations?[Self.titleAnnotation], !name.isEmpty,
            name.utf8.count <= Limit.path
        else { throw .annotation(what: "definition") }
        self.init(
            subject: subject, definitionName: name, definition: definition, lock: lock,
            localFiles: sorted.localFiles, releases: sorted.releases, indexes: sorted.indexes)
    }

    private struct SortedLayers {
        var definitions: [Descriptor] = []
        var locks: [Descriptor] = []
        var localFiles: [LocalFile] = []
        var releases: [RepositoryFile] = []
        var indexes: [RepositoryFile] = []
        var sources: Set<String> = []

        mutating func add(_ layer: Descriptor) throws(ReadError) {
            switch layer.mediaType {
            case .slipwayDefinition: definitions.append(layer)
            case .slipwayLock: locks.append(layer)
            case .slipwayLocalFile:
                localFiles.append(
                    LocalFile(source: try source(of: layer, "local file", Limit.localFile), content: layer))
                guard localFiles.count <= Limit.localFiles else {
                    throw .count(what: "local files", found: localFiles.count, limit: Limit.localFiles)
                }
            case .slipwayRelease:
                releases.append(
                    RepositoryFile(url: try source(of: layer, "release file", Limit.release), content: layer))
                guard releases.count <= Limit.releases else {
                    throw .count(what: "release files", found: releases.count, limit: Limit.releases)
                }
            case .slipwayIndex:
                indexes.append(
                    RepositoryFile(url: try source(of: layer, "index", Limit.index), content: layer))
                guard indexes.count <= Limit.indexes else {
                    throw .count(what: "indexes", found: indexes.count, limit: Limit.indexes)
                }
            default: throw .unknownLayer(layer.mediaType)
            }
        }

        mutating func source(of layer: Descriptor, _ what: String, _ limit: Int64) throws(ReadError) -> String
        {
            guard (0...limit).contains(layer.size) else {
                throw .size(what: what, found: layer.size, limit: limit)
            }
            guard let source = layer.annotations?[sourceAnnotation], !source.isEmpty,
                source.utf8.count <= Limit.path
            else { throw .annotation(what: what) }
            guard sources.insert("\(layer.mediaType) \(source)").inserted else { throw .repeated(source) }
            return source
        }

        func only(_ layers: [Descriptor], _ what: String, limit: Int64) throws(ReadError) -> Descriptor {
            guard layers.count == 1 else { throw .count(what: what, found: layers.count, limit: 1) }
            guard (0...limit).contains(layers[0].size) else {
                throw .size(what: String(what.dropLast()), found: layers[0].size, limit: limit)
            }
            return layers[0]
        }
    }
}

extension Descriptor {
    /// Digest and size under another type, without annotations.
    fileprivate func bare(as mediaType: MediaType) -> Descriptor {
        Descriptor(mediaType: mediaType, digest: digest, size: size)
    }
}
