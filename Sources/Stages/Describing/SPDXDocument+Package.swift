// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

extension SPDXDocument {
    private static let packageID = "SPDXRef-Package"

    /// The bill of one package, to lie inside it, as SPDX 2.3 JSON: equal bills, equal bytes.
    package static func encode(_ bill: PackageBillOfMaterials) throws -> [UInt8] {
        try CanonicalJSON.encode(try SPDXDocument(bill))
    }

    /// The document of a package's bill: the package and the sources that it was made from. How is in its provenance: a recipe
    /// in other words makes the same package.
    package init(_ bill: PackageBillOfMaterials) throws {
        let sources = bill.sources.enumerated().map { number, source in
            Package(source, id: "SPDXRef-Source-\(number + 1)", of: bill)
        }
        self.init(
            name: "\(bill.name)-\(bill.version)", documentNamespace: SlipwayURI.documents,
            creationInfo: CreationInfo(created: bill.created, creators: ["Tool: slipway"]),
            packages: [Package(bill)] + sources,
            relationships: [Relationship(Self.documentID, "DESCRIBES", Self.packageID)]
                + sources.map { Relationship(Self.packageID, "GENERATED_FROM", $0.id) })
        let content = ContentHasher.digest(of: try CanonicalJSON.encode(self))
        documentNamespace = "\(SlipwayURI.documents)/package/\(content.hex)"
    }
}

extension SPDXDocument.Package {
    fileprivate init(_ bill: PackageBillOfMaterials) {
        self.init(id: "SPDXRef-Package", name: bill.name.text)
        versionInfo = bill.version
        supplier = "NOASSERTION"
        homepage = bill.homepage.isEmpty ? nil : bill.homepage
        comment = bill.description.isEmpty ? nil : bill.description
        if let license = SPDXExpression(bill.license) { licenseDeclared = license.text }
        sourceInfo = "built package from: \(bill.origin.name) \(bill.origin.version)"
        primaryPackagePurpose = "APPLICATION"
        externalRefs = [.init(purl: bill.purl)]
    }

    fileprivate init(_ source: BuildSource, id: String, of bill: PackageBillOfMaterials) {
        self.init(id: id, name: bill.origin.name, downloadLocation: source.downloadLocation ?? "NOASSERTION")
        versionInfo = bill.origin.version
        supplier = "NOASSERTION"
        // What a repository's tree is as a tar is nobody's business but this machine's.
        checksums = source.isRepository ? nil : [.init(source.digest)]
        sourceInfo = "fetched as \(source.uri)"
        if let license = SPDXExpression(bill.license) { licenseDeclared = license.text }
        primaryPackagePurpose = "SOURCE"
        externalRefs = [.init(purl: source.packageURL(bill.origin.name, bill.origin.version).description)]
    }
}
