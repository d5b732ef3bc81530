// SPDX-License-Identifier: Apache-2.0

/// An SPDX 2.3 document (spdx.github.io/spdx-spec/v2.3), the members that Slipway writes; JSON names are the spec's.
package struct SPDXDocument: Sendable, Codable, Equatable {
    package struct CreationInfo: Sendable, Codable, Equatable {
        package var created: Timestamp
        package var creators: [String]

        package init(created: Timestamp, creators: [String]) {
            self.created = created
            self.creators = creators
        }
    }

    package struct Checksum: Sendable, Codable, Equatable {
        package var algorithm: String
        package var checksumValue: String

        package init(_ digest: Digest) {
            self.algorithm = digest.algorithm.rawValue.uppercased()
            self.checksumValue = digest.hex
        }
    }

    package struct ExternalReference: Sendable, Codable, Equatable {
        package var referenceCategory: String
        package var referenceType: String
        package var referenceLocator: String

        package init(purl: String) {
            self.referenceCategory = "PACKAGE-MANAGER"
            self.referenceType = "purl"
            self.referenceLocator = purl
        }
    }

    package struct Annotation: Sendable, Codable, Equatable {
        package var annotationDate: Timestamp
        package var annotationType: String
        package var annotator: String
        package var comment: String

        package init(date: Timestamp, annotator: String, comment: String) {
            self.annotationDate = date
            self.annotationType = "OTHER"
            self.annotator = annotator
            self.comment = comment
        }
    }

    package struct Package: Sendable, Codable, Equatable {
        package var id: String
        package var name: String
        package var versionInfo: String?
        package var supplier: String?
        package var downloadLocation: String
        package var filesAnalyzed = false
        package var checksums: [Checksum]?
        package var homepage: String?
        package var sourceInfo: String?
        package var comment: String?
        package var licenseConcluded = "NOASSERTION"
        package var licenseDeclared = "NOASSERTION"
        package var copyrightText = "NOASSERTION"
        package var primaryPackagePurpose: String?
        package var packageFileName: String?
        package var externalRefs: [ExternalReference]?
        package var annotations: [Annotation]?

        package enum CodingKeys: String, CodingKey {
            case id = "SPDXID"
            case name, versionInfo, supplier, downloadLocation, filesAnalyzed, checksums, homepage,
                sourceInfo, comment
            case licenseConcluded, licenseDeclared, copyrightText, primaryPackagePurpose, packageFileName
            case externalRefs, annotations
        }

        package init(id: String, name: String, downloadLocation: String = "NOASSERTION") {
            self.id = id
            self.name = name
            self.downloadLocation = downloadLocation
        }

        /// The package URL, where there is one.
        package var purl: String? { externalRefs?.first { $0.referenceType == "purl" }?.referenceLocator }
    }

    package struct Relationship: Sendable, Codable, Hashable {
        package var spdxElementId: String
        package var relationshipType: String
        package var relatedSpdxElement: String

        package init(_ element: String, _ type: String, _ related: String) {
            self.spdxElementId = element
            self.relationshipType = type
            self.relatedSpdxElement = related
        }
    }

    package static let documentID = "SPDXRef-DOCUMENT"
    /// How a package is marked that the image below holds.
    package static let baseComment = "part of the image on which this one stands"
    /// How a package is marked of which only some files are used.
    package static let dataOnlyComment =
        "data-only: some of its files are used, and it is not an installed package"

    package var id = Self.documentID
    package var spdxVersion = "SPDX-2.3"
    package var dataLicense = "CC0-1.0"
    package var name: String
    package var documentNamespace: String
    package var creationInfo: CreationInfo
    package var packages: [Package]
    package var relationships: [Relationship]

    package enum CodingKeys: String, CodingKey {
        case id = "SPDXID"
        case spdxVersion, dataLicense, name, documentNamespace, creationInfo, packages, relationships
    }

    package init(
        name: String, documentNamespace: String, creationInfo: CreationInfo, packages: [Package],
        relationships: [Relationship]
    ) {
        self.name = name
        self.documentNamespace = documentNamespace
        self.creationInfo = creationInfo
        self.packages = packages
        self.relationships = relationships
    }

    /// What the document describes: its root package.
    package var described: Package? {
        guard
            let id = relationships.first(where: {
                $0.spdxElementId == Self.documentID && $0.relationshipType == "DESCRIBES"
            })?
            .relatedSpdxElement
        else { return nil }
        return packages.first { $0.id == id }
    }
}
