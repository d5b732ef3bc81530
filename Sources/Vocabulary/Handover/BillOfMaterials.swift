// SPDX-License-Identifier: Apache-2.0

/// What one platform's image is made of, in no particular format.
package struct BillOfMaterials: Sendable, Equatable {
    package struct Component: Sendable, Equatable {
        package var name: PackageName
        package var version: String
        package var architecture: String
        package var role: LockedPackage.Role
        package var purl: String
        package var sourceName: PackageName
        package var sourceVersion: String
        package var supplier: String?
        package var homepage: String?
        /// An SPDX expression, as the package claims.
        package var license: String?
        /// Bills of materials that the package itself brought: files of the image.
        package var embedded: [ComposedFile] = []
        /// Of the package file; nil where only the image was at hand.
        package var digest: Digest?
        package var place: String?
        /// Names of the components that it depends on, sorted.
        package var dependsOn: [PackageName]

        package init(
            name: PackageName, version: String, architecture: String, role: LockedPackage.Role, purl: String,
            sourceName: PackageName, sourceVersion: String, supplier: String?, homepage: String?,
            license: String? = nil, digest: Digest?,
            place: String?, dependsOn: [PackageName]
        ) {
            self.name = name
            self.version = version
            self.architecture = architecture
            self.role = role
            self.purl = purl
            self.sourceName = sourceName
            self.sourceVersion = sourceVersion
            self.supplier = supplier
            self.homepage = homepage
            self.license = license
            self.digest = digest
            self.place = place
            self.dependsOn = dependsOn
        }
    }

    package var imageName: String
    package var platform: Platform
    /// Whose packages they are; nil where that is not known.
    package var distribution: Distribution?
    package var manifest: Digest
    /// The image's `created`, not the wall clock.
    package var created: Timestamp
    /// Sorted by name.
    package var components: [Component]
    package var dropped: [DroppedPackage]
    /// Files of the definition itself: path and digest.
    package var definitionFiles: [ComposedFile]

    package init(
        imageName: String, platform: Platform, distribution: Distribution?, manifest: Digest,
        created: Timestamp,
        components: [Component], dropped: [DroppedPackage], definitionFiles: [ComposedFile]
    ) {
        self.imageName = imageName
        self.platform = platform
        self.distribution = distribution
        self.manifest = manifest
        self.created = created
        self.components = components
        self.dropped = dropped
        self.definitionFiles = definitionFiles
    }
}
