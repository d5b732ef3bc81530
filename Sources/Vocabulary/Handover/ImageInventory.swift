// SPDX-License-Identifier: Apache-2.0

/// What is in an image, read from its own bytes; anybody's image.
package struct ImageInventory: Sendable, Equatable, Codable {
    package struct Package: Sendable, Equatable, Codable {
        package var family: PackageFamily
        package var name: PackageName
        package var version: String
        package var architecture: String
        package var sourceName: PackageName
        package var sourceVersion: String
        package var maintainer: String?
        /// The file that says so.
        package var evidence: ImagePath

        package init(
            family: PackageFamily, name: PackageName, version: String, architecture: String,
            sourceName: PackageName,
            sourceVersion: String, maintainer: String?, evidence: ImagePath
        ) {
            self.family = family
            self.name = name
            self.version = version
            self.architecture = architecture
            self.sourceName = sourceName
            self.sourceVersion = sourceVersion
            self.maintainer = maintainer
            self.evidence = evidence
        }
    }

    package struct File: Sendable, Equatable, Codable {
        package var path: ImagePath
        package var kind: ComposedFile.Kind
        package var mode: UInt16
        package var uid: UInt32
        package var gid: UInt32
        package var size: Int64
        package var digest: Digest?
        package var target: String?

        package init(
            path: ImagePath, kind: ComposedFile.Kind, mode: UInt16, uid: UInt32, gid: UInt32, size: Int64,
            digest: Digest?, target: String?
        ) {
            self.path = path
            self.kind = kind
            self.mode = mode
            self.uid = uid
            self.gid = gid
            self.size = size
            self.digest = digest
            self.target = target
        }
    }

    /// `/etc/os-release`, where there is one.
    package struct OperatingSystem: Sendable, Equatable, Codable {
        package var id: String
        package var versionID: String?
        package var codename: String?
        package var prettyName: String?

        package init(id: String, versionID: String?, codename: String?, prettyName: String?) {
            self.id = id
            self.versionID = versionID
            self.codename = codename
            self.prettyName = prettyName
        }
    }

    package var platform: Platform
    package var manifest: Descriptor
    package var configuration: ImageConfiguration
    /// Compressed bytes of all layers; nil for a root file system directory, which has no compressed form.
    package var compressedSize: Int64?
    /// Uncompressed bytes of all layers.
    package var uncompressedSize: Int64
    package var operatingSystem: OperatingSystem?
    /// Sorted by name.
    package var packages: [Package]
    /// The flattened tree, sorted by path.
    package var files: [File]
    package var diagnostics: [Diagnostic]

    package init(
        platform: Platform, manifest: Descriptor, configuration: ImageConfiguration, compressedSize: Int64?,
        uncompressedSize: Int64, operatingSystem: OperatingSystem?, packages: [Package], files: [File],
        diagnostics: [Diagnostic]
    ) {
        self.platform = platform
        self.manifest = manifest
        self.configuration = configuration
        self.compressedSize = compressedSize
        self.uncompressedSize = uncompressedSize
        self.operatingSystem = operatingSystem
        self.packages = packages
        self.files = files
        self.diagnostics = diagnostics
    }
}
