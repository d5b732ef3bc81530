// SPDX-License-Identifier: Apache-2.0

/// An image on which another one stands (`contents.baseimage`): its layers stay as they are, below the new one.
package struct BaseImage: Sendable, Equatable {
    package struct Platform: Sendable, Equatable {
        package var architecture: Architecture
        package var manifest: Descriptor
        /// Its configuration and layers.
        package var blobs: [Descriptor]

        package init(architecture: Architecture, manifest: Descriptor, blobs: [Descriptor]) {
            self.architecture = architecture
            self.manifest = manifest
            self.blobs = blobs
        }
    }

    /// One for each architecture that was asked for.
    package var platforms: [Platform]

    package init(platforms: [Platform]) { self.platforms = platforms }
}

extension ImageDefinition.BaseImage {
    /// The layout's own `index.json`, by its name among the local files.
    package var indexSource: String { source("index.json") }

    /// A blob of the image, by its name among the local files.
    package func source(of blob: Digest) -> String {
        source("blobs/\(blob.algorithm.rawValue)/\(blob.hex)")
    }

    /// The manifest for an architecture, by its name among the local files.
    package func source(for architecture: Architecture) -> String { source("manifests/\(architecture)") }

    /// The list of what is installed for an architecture, as apko keeps it beside a base image.
    package func index(for architecture: Architecture) -> String {
        "\(Self.withoutSlash(index))/\(architecture.alpineName)/APKINDEX"
    }

    /// Whether a local file is one of the image's.
    package func holds(_ source: String) -> Bool { source.hasPrefix(self.source("")) }

    private func source(_ name: String) -> String { "\(Self.withoutSlash(image))/\(name)" }

    private static func withoutSlash(_ path: String) -> Substring {
        var path = path[...]
        while path.count > 1, path.last == "/" { path.removeLast() }
        return path
    }
}

extension PackageName {
    /// Stands for all that a base image holds where a package's name is wanted.
    package static let baseImage = PackageName(checked: "base-image")
}

extension LockedPackage {
    /// A package that a base image holds, as the image's package database lists it.
    package init(_ record: PackageRecord, in image: Digest, requestedBy: [String], edges: [Edge]) {
        self.init(
            name: record.name, version: record.version, architecture: record.architecture, role: .base,
            sourceName: record.sourceName, sourceVersion: record.sourceVersion, maintainer: record.maintainer,
            homepage: record.homepage, license: record.license, digest: image, checksum: record.checksum,
            size: record.size, installedSize: record.installedSize, requestedBy: requestedBy, edges: edges)
    }
}
