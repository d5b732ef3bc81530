// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

extension SPDXDocument {
    /// The bill as SPDX 2.3 JSON: equal bills, equal bytes. No clock and no random identifier takes part: `created` is
    /// the image's own time, and the namespace is derived from the content.
    package static func encode(_ bill: BillOfMaterials) throws -> [UInt8] {
        try CanonicalJSON.encode(try SPDXDocument(bill))
    }

    fileprivate static let imageID = "SPDXRef-Image"

    /// Letters, digits, `.` and `-` are all that an identifier may hold; the rest is written in hex.
    fileprivate static func packageID(_ name: PackageName) -> String {
        var id = "SPDXRef-Package-"
        for byte in name.text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E:
                id.unicodeScalars.append(Unicode.Scalar(byte))
            default: id += "-" + Hex.encode([byte]).uppercased()
            }
        }
        return id
    }

    fileprivate static func fileID(_ file: ComposedFile) -> String {
        "SPDXRef-File-\(ContentHasher.digest(of: file.path.text).hex.prefix(16))"
    }

    /// A name that several architectures of an image share does not tell its packages apart.
    fileprivate static func packageID(
        _ component: BillOfMaterials.Component, in bill: BillOfMaterials
    ) -> String {
        let id = packageID(component.name)
        let isShared = bill.components.contains {
            $0.name == component.name && $0.architecture != component.architecture
        }
        return isShared ? "\(id)-\(component.architecture)" : id
    }

    /// The document of a bill.
    package init(_ bill: BillOfMaterials) throws {
        let system = bill.distribution.map { Package(operatingSystem: $0) }
        let own = bill.definitionFiles.map { Package(file: $0, comment: "from the image's definition") }
        let embedded = bill.components.flatMap { component in
            component.embedded.map {
                Package(file: $0, comment: "what the builder of \(component.name) said about it")
            }
        }
        let files = own + embedded
        self.init(
            name: bill.imageName, documentNamespace: SlipwayURI.documents,
            creationInfo: CreationInfo(created: bill.created, creators: ["Tool: slipway"]),
            packages: [Package(image: bill)] + (system.map { [$0] } ?? [])
                + bill.components.map { Package($0, id: Self.packageID($0, in: bill)) } + files,
            relationships: Self.relationships(of: bill, system: system, files: files))
        let content = ContentHasher.digest(of: try CanonicalJSON.encode(self))
        documentNamespace = "\(SlipwayURI.documents)/\(bill.manifest.hex)/\(content.hex)"
    }

    private static func relationships(
        of bill: BillOfMaterials, system: Package?, files: [Package]
    ) -> [Relationship] {
        var all = [Relationship(documentID, "DESCRIBES", imageID)]
        if let system { all.append(Relationship(imageID, "CONTAINS", system.id)) }
        all += bill.components.map { Relationship(imageID, "CONTAINS", packageID($0, in: bill)) }
        all += files.map { Relationship(imageID, "CONTAINS", $0.id) }
        let present = Set(bill.components.map(\.name))
        for component in bill.components {
            all += component.embedded.map {
                Relationship(fileID($0), "METAFILE_OF", packageID(component, in: bill))
            }
            all += component.dependsOn.filter { present.contains($0) && $0 != component.name }
                .map { Relationship(packageID(component.name), "DEPENDS_ON", packageID($0)) }
        }
        return all
    }
}

extension SPDXDocument.Package {
    /// The root: the platform's image itself, with what was left out of it.
    fileprivate init(image bill: BillOfMaterials) {
        self.init(id: SPDXDocument.imageID, name: bill.imageName)
        versionInfo = bill.manifest.description
        supplier = "NOASSERTION"
        checksums = [.init(bill.manifest)]
        primaryPackagePurpose = "CONTAINER"
        externalRefs = [
            .init(
                purl: PackageURL(image: bill.imageName, manifest: bill.manifest, platform: bill.platform)
                    .description)
        ]
        if !bill.dropped.isEmpty {
            annotations = bill.dropped.map { dropped in
                let wanted =
                    dropped.wantedBy.isEmpty ? "" : "; wanted by \(dropped.wantedBy.joined(separator: ", "))"
                return .init(
                    date: bill.created, annotator: "Tool: slipway",
                    comment: "left out: \(dropped.name): \(dropped.reason)\(wanted)")
            }
        }
    }

    /// The distribution, by which scanners choose their records.
    fileprivate init(operatingSystem: Distribution) {
        self.init(id: "SPDXRef-OperatingSystem", name: operatingSystem.id)
        versionInfo = operatingSystem.version
        supplier = "NOASSERTION"
        primaryPackagePurpose = "OPERATING-SYSTEM"
    }

    fileprivate init(_ component: BillOfMaterials.Component, id: String) {
        self.init(
            id: id, name: component.name.text,
            downloadLocation: component.place ?? "NOASSERTION")
        versionInfo = component.version
        supplier = component.supplier.map(Self.supplier) ?? "NOASSERTION"
        checksums = component.digest.map { [.init($0)] }
        homepage = component.homepage
        if let license = component.license.flatMap(SPDXExpression.init) { licenseDeclared = license.text }
        // The words by which Trivy finds a binary package's source.
        sourceInfo = "built package from: \(component.sourceName) \(component.sourceVersion)"
        switch component.role {
        case .installed: break
        case .dataOnly: comment = SPDXDocument.dataOnlyComment
        case .base: comment = SPDXDocument.baseComment
        }
        externalRefs = [.init(purl: component.purl)]
    }

    /// A file of its own: what the definition brought, what packages say about themselves. It is a package here,
    /// because an SPDX file must have a SHA-1.
    fileprivate init(file: ComposedFile, comment: String) {
        self.init(id: SPDXDocument.fileID(file), name: file.path.absolute)
        supplier = "NOASSERTION"
        packageFileName = file.path.absolute
        checksums = file.digest.map { [.init($0)] }
        primaryPackagePurpose = "FILE"
        self.comment = comment
    }

    /// `Name <mail>` in SPDX's spelling; a Debian maintainer may be a team, so an organisation it is.
    private static func supplier(_ maintainer: String) -> String {
        guard let open = maintainer.firstIndex(of: "<"), let close = maintainer.lastIndex(of: ">"),
            open < close
        else { return "Organization: \(maintainer)" }
        let name = maintainer[..<open].split(separator: " ").joined(separator: " ")
        let mail = maintainer[maintainer.index(after: open)..<close]
        return "Organization: \(name.isEmpty ? String(mail) : name) (\(mail))"
    }
}
