// SPDX-License-Identifier: Apache-2.0

extension ArchitectureLock {
    /// Whose packages it holds; nil where nothing says so.
    package func distribution(_ witness: Witness) -> Distribution? {
        switch family {
        case .debian: .debian(witness)
        case .alpine: .alpine(self)
        }
    }

    /// What the file of a package of this lock is called where people keep such files.
    package func fileNames(of package: LockedPackage) -> [String] {
        switch family {
        case .debian: package.debianFileNames
        case .alpine: ["\(package.name)-\(package.version).apk"]
        }
    }

    /// The package URL by which SBOM and provenance name a package of this lock.
    package func packageURL(of package: LockedPackage, distribution: Distribution?) -> String {
        "\(PackageURL(family, package.name, package.version, package.architecture, distribution))"
    }
}

extension ImageInventory.Package {
    /// The package URL of a package as an image says that it is installed.
    package func packageURL(distribution: Distribution?) -> String {
        "\(PackageURL(family, name, version, architecture, distribution))"
    }
}

extension PackageURL {
    /// A distribution's binary package (purl-spec, types deb and apk): the namespace is the distribution's, where it is
    /// known, else that after which the family is named.
    package init(
        _ family: PackageFamily, _ name: PackageName, _ version: String, _ architecture: String,
        _ distribution: Distribution?
    ) {
        var qualifiers = ["arch": architecture]
        qualifiers["distro"] = distribution?.description
        let type =
            switch family {
            case .debian: "deb"
            case .alpine: "apk"
            }
        self.init(
            type: type, namespace: distribution?.id ?? family.rawValue, name: name.text.lowercased(),
            version: version, qualifiers: qualifiers)
    }

    /// A package that is no distribution's: the namespace says whose.
    package init(
        _ family: PackageFamily, _ name: PackageName, _ version: String, _ architecture: String,
        namespace: String
    ) {
        self.init(family, name, version, architecture, nil)
        self.namespace = namespace
    }

    /// What the file of a package's bill of materials is called; dpkg's spelling keeps architectures apart, of which several
    /// may be there beside one another.
    package static func sbomName(
        _ family: PackageFamily, _ name: PackageName, _ version: String, _ architecture: String
    ) -> String {
        switch family {
        case .debian: "\(name)_\(version)_\(architecture).spdx.json"
        case .alpine: "\(name)-\(version).spdx.json"
        }
    }

    /// An image by its manifest: `pkg:oci/app@sha256:…?arch=amd64&repository_url=registry.example.org/app`.
    package init(image name: String, manifest: Digest, platform: Platform) {
        let last = name.split(separator: "/").last.map(String.init) ?? name
        self.init(
            type: "oci", name: last.lowercased(), version: manifest.description,
            qualifiers: ["arch": platform.architecture, "repository_url": name.contains("/") ? name : ""])
    }
}
