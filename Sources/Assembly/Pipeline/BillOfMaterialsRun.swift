// SPDX-License-Identifier: Apache-2.0

internal import Describing
internal import Distribution
internal import Inspecting
internal import Storage
internal import Verifying
package import Vocabulary

/// What an image is made of, as SPDX: what is attached to it, what a key signed about it, or what its own content says.
package struct BillOfMaterialsRun: Sendable {
    /// Whose word a document is.
    package enum Origin: String, Sendable, Codable {
        /// Signed by the key that was given.
        case verified
        /// Attached to the image, by whomever.
        case attached
        /// Made from the image's own content, as nothing is attached.
        case generated
    }

    /// One platform's bill of materials.
    package struct Document: Sendable, Codable {
        package var platform: String
        package var manifest: Digest
        package var origin: Origin
        /// SPDX 2.3 JSON.
        package var document: JSONValue
    }

    private let workshop: Workshop
    private let key: HostPath?

    /// - Parameter key: the public key that must have signed it; nil takes anybody's, or the image's own word.
    package init(_ workshop: Workshop, key: HostPath?) {
        self.workshop = workshop
        self.key = key
    }

    /// Documents of the platform that was asked for, or of all.
    /// - Throws: `PipelineError.noPlatform`, `.notAttested` where a key was given and has signed none.
    package func documents(of text: String, platform: Platform?) async throws -> [Document] {
        workshop.report(.began(.describe, text))
        let documents =
            switch try await ImageLocator(text, workshop) {
            case .rootFileSystem(let path):
                [try await generated(ofTree: path, text, platform ?? .ofThisMachine)]
            case .image(let source): try await self.documents(of: source, text, platform)
            }
        for document in documents {
            workshop.report(.ended(.describe, "\(document.platform): \(words(for: document.origin))"))
        }
        return documents
    }

    /// The one document of an image: of this machine's platform where it has several and none was asked for.
    package func document(of text: String, platform: Platform?) async throws -> Document {
        let documents = try await documents(of: text, platform: platform)
        if documents.count == 1 { return documents[0] }
        guard let mine = documents.first(where: { $0.platform == Platform.ofThisMachine.description }) else {
            throw PipelineError.severalPlatforms(text, documents.map(\.platform))
        }
        return mine
    }

    private func words(for origin: Origin) -> String {
        switch origin {
        case .verified: "signed by '\(key?.text ?? "")'"
        case .attached: "attached to the image; whose word it is was not checked (--key does)"
        case .generated: "made from the image's content, as none is attached"
        }
    }

    private func documents(
        of source: any ImageSource, _ text: String, _ platform: Platform?
    ) async throws -> [Document] {
        var documents: [Document] = []
        var available: [Platform] = []
        for manifest in try await ImageLocator.platforms(of: source.root(), in: source) {
            let own = try await ImageLocator.platform(of: manifest, in: source)
            available.append(own)
            guard platform == nil || own.os == platform?.os && own.architecture == platform?.architecture
            else { continue }
            documents.append(try await document(of: manifest, own, in: source, text))
        }
        if documents.isEmpty, let platform {
            throw PipelineError.noPlatform(text, wanted: platform, available: available)
        }
        return documents
    }

    private func document(
        of manifest: Descriptor, _ platform: Platform, in source: any ImageSource, _ text: String
    ) async throws -> Document {
        let found: [JudgedEvidence.Attestation]
        if let key {
            found = try await VerificationRun.verifier(key).billsOfMaterials(
                of: manifest.digest, source: source
            ) { _ in }
            if found.isEmpty { throw PipelineError.notAttested(.spdx, manifest.digest, key: key) }
        } else {
            let evidence = try await EvidenceReader(source: source) { _ in }.evidence(of: manifest.digest)
            found = evidence.unverified(.spdx, about: manifest.digest)
            report(evidence, found, about: manifest.digest)
        }
        if let attestation = found.first {
            return Document(
                platform: "\(platform)", manifest: manifest.digest,
                origin: key == nil ? .attached : .verified,
                document: try decodePredicate(of: attestation))
        }
        let inventories = try await Inspector(workers: workshop.workers, hashesFiles: false).inventory(
            of: source, platform: platform, store: ImageLocator.store(of: source, workshop))
        guard let inventory = inventories.first(where: { $0.manifest.digest == manifest.digest }) else {
            throw PipelineError.noPlatform(text, wanted: platform, available: inventories.map(\.platform))
        }
        return try generated(from: inventory, text)
    }

    /// What could not be read may have been the better answer, and of several only one is shown.
    private func report(
        _ evidence: FoundEvidence, _ found: [JudgedEvidence.Attestation], about manifest: Digest
    ) {
        var diagnostics = evidence.damage.map {
            Diagnostic(.warning, .evidenceDamaged, "\($0.place) could not be read: \($0.reason)")
        }
        if found.count > 1 {
            diagnostics.append(
                Diagnostic(
                    .note, .severalBills,
                    "\(found.count) bills of materials are attached to \(manifest); the first is taken: \(found[0].place)"
                ))
        }
        workshop.report.report(diagnostics)
    }

    private func generated(ofTree path: HostPath, _ text: String, _ platform: Platform) async throws
        -> Document
    {
        if let key { throw PipelineError.treeIsNotSigned(path, key: key) }
        return try generated(
            from: await Inspector(workers: workshop.workers, hashesFiles: false).inventory(
                ofDirectory: path, platform: platform), text)
    }

    private func generated(from inventory: ImageInventory, _ text: String) throws -> Document {
        workshop.report.report(inventory.diagnostics)
        let bill = BillOfMaterialsWriter().describe(inventory, name: text)
        return Document(
            platform: "\(inventory.platform)", manifest: inventory.manifest.digest, origin: .generated,
            document: try CanonicalJSON.decode(from: try SPDXDocument.encode(bill), what: "the SPDX document")
        )
    }
}

extension Diagnostic.Code {
    static let evidenceDamaged = Self(rawValue: "evidence-damaged")
    static let severalBills = Self(rawValue: "several-bills-of-materials")
}
