// SPDX-License-Identifier: Apache-2.0

/// A media type (RFC 6838); an open set with the values that Slipway writes or understands.
package struct MediaType: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }

    // OCI image-spec, media-types.md
    package static let imageIndex = Self(rawValue: "application/vnd.oci.image.index.v1+json")
    package static let imageManifest = Self(rawValue: "application/vnd.oci.image.manifest.v1+json")
    package static let imageConfig = Self(rawValue: "application/vnd.oci.image.config.v1+json")
    package static let layerTar = Self(rawValue: "application/vnd.oci.image.layer.v1.tar")
    package static let layerGzip = Self(rawValue: "application/vnd.oci.image.layer.v1.tar+gzip")
    package static let layerZstd = Self(rawValue: "application/vnd.oci.image.layer.v1.tar+zstd")
    package static let empty = Self(rawValue: "application/vnd.oci.empty.v1+json")
    // Docker's, read only
    package static let dockerManifestList = Self(
        rawValue: "application/vnd.docker.distribution.manifest.list.v2+json")
    package static let dockerManifest = Self(rawValue: "application/vnd.docker.distribution.manifest.v2+json")
    package static let dockerConfig = Self(rawValue: "application/vnd.docker.container.image.v1+json")
    package static let dockerLayerGzip = Self(rawValue: "application/vnd.docker.image.rootfs.diff.tar.gzip")
    // Evidence
    package static let sigstoreBundle = Self(rawValue: "application/vnd.dev.sigstore.bundle.v0.3+json")
    package static let simpleSigning = Self(rawValue: "application/vnd.dev.cosign.simplesigning.v1+json")
    package static let dsseEnvelope = Self(rawValue: "application/vnd.dsse.envelope.v1+json")
    package static let inTotoStatement = Self(rawValue: "application/vnd.in-toto+json")
    package static let slipwayInputs = Self(rawValue: "application/vnd.slipway.inputs.v1")
    package static let slipwayPackageInputs = Self(
        rawValue: "application/vnd.slipway.package-inputs.v1+tar+gzip")
    package static let slipwayDefinition = Self(rawValue: "application/vnd.slipway.definition.v1+yaml")
    package static let slipwayLock = Self(rawValue: "application/vnd.slipway.lock.v1+json")
    package static let slipwayLocalFile = Self(rawValue: "application/vnd.slipway.local-file.v1")
    package static let slipwayIndex = Self(rawValue: "application/vnd.slipway.index.v1")
    package static let slipwayRelease = Self(rawValue: "application/vnd.slipway.release.v1")

    package var isIndex: Bool { self == .imageIndex || self == .dockerManifestList }
    package var isManifest: Bool { self == .imageManifest || self == .dockerManifest }
}
