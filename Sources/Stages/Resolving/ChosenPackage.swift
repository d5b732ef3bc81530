// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// What a family chose for one architecture.
struct ArchitectureChoice: Sendable {
    let architecture: Architecture
    let family: PackageFamily
    /// Sorted by name.
    var packages: [ChosenPackage]
    var dropped: [DroppedPackage]
    var diagnostics: [Diagnostic]
    var consulted: Set<String>
    var conflicts: Int
}

/// A package of the image whose file may be known by its index's checksum alone.
struct ChosenPackage: Sendable {
    let record: PackageRecord
    let role: LockedPackage.Role
    /// Where the file lies, the surest first.
    let places: [String]
    let requestedBy: [String]
    let edges: [LockedPackage.Edge]
    /// The manifest of the base image that holds it; nil for what is fetched.
    var image: Digest?

    /// Set where Fetching must find the file's SHA-256 first.
    var unpinned: UnpinnedPackage? {
        guard record.digest == nil, image == nil else { return nil }
        return UnpinnedPackage(
            name: record.name, version: record.version, checksum: record.checksum ?? "", size: record.size,
            places: places)
    }

    /// Nil where the index does not know the file's digest and no pin does.
    func locked(_ pins: PackagePins) -> LockedPackage? {
        if let image { return LockedPackage(record, in: image, requestedBy: requestedBy, edges: edges) }
        let pin = record.checksum.flatMap { pins.files[$0] }
        guard let digest = record.digest ?? pin?.digest else { return nil }
        return LockedPackage(
            name: record.name, version: record.version, architecture: record.architecture, role: role,
            sourceName: record.sourceName, sourceVersion: record.sourceVersion, maintainer: record.maintainer,
            homepage: record.homepage, license: record.license, digest: digest, checksum: record.checksum,
            size: pin?.size ?? record.size, installedSize: record.installedSize, requestedBy: requestedBy,
            edges: edges)
    }
}
