// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The bill of materials against the image's own content and against the lock.
struct BillOfMaterialsChecks {
    let evidence: EvidenceChecks
    let inventory: ImageInventory?
    let architecture: Platform?
    let locks: [Lock]

    func run() -> [Verdict.Check] {
        if let missing = evidence.missing("sbom", .spdx) { return [missing] }
        return evidence.judged.attestations(.spdx).flatMap(checks)
    }

    /// The members that are decided from; a bill may have any others.
    private struct Bill: Codable {
        struct Package: Codable {
            struct Checksum: Codable {
                var algorithm: String
                var checksumValue: String
            }
            struct Reference: Codable {
                var referenceType: String
                var referenceLocator: String
            }
            var SPDXID: String
            var name: String
            var versionInfo: String?
            var comment: String?
            var checksums: [Checksum]?
            var externalRefs: [Reference]?

            var sha256: String? { checksums?.first { $0.algorithm == "SHA256" }?.checksumValue }
            /// A package of a distribution, as opposed to the image, its system, and files of the definition.
            var isDistributed: Bool {
                externalRefs?.contains {
                    $0.referenceType == "purl"
                        && ($0.referenceLocator.hasPrefix("pkg:deb/")
                            || $0.referenceLocator.hasPrefix("pkg:apk/"))
                } ?? false
            }
            var isDataOnly: Bool { comment?.hasPrefix("data-only") ?? false }
        }
        var packages: [Package]
        var relationships: [SPDXDocument.Relationship]?

        var described: Package? {
            let id = relationships?.first {
                $0.spdxElementId == SPDXDocument.documentID && $0.relationshipType == "DESCRIBES"
            }?.relatedSpdxElement
            return packages.first { $0.SPDXID == id }
        }
        var distributed: [Package] { packages.filter(\.isDistributed) }
    }

    private func checks(_ attestation: JudgedEvidence.Attestation) -> [Verdict.Check] {
        let bill: Bill
        do throws(CanonicalJSON.ReadError) {
            bill = try decodePredicate(of: attestation)
        } catch {
            return [evidence.check("sbom", false, "an SPDX document", "\(attestation.place): \(error)")]
        }
        let described = bill.described?.sha256
        let subject = evidence.check(
            "sbom", described == evidence.judged.subject.hex, "an SPDX document that describes this manifest",
            described == evidence.judged.subject.hex
                ? attestation.place
                : "it describes \(described.map { "sha256:\($0)" } ?? "nothing with a digest")")
        return [subject, installed(bill)] + locks.map { locked(bill, $0) }
    }

    /// Exactly what the image says it has installed, names and versions.
    private func installed(_ bill: Bill) -> Verdict.Check {
        let claimed = Set(
            bill.distributed.filter { !$0.isDataOnly }.map { "\($0.name) \($0.versionInfo ?? "")" })
        guard let inventory else {
            return Verdict.Check(
                "sbom-packages", subject: evidence.judged.subject, outcome: .unchecked,
                expected: "the \(claimed.count) packages of the SBOM in the image",
                found: "the image was not looked into")
        }
        let present = Set(inventory.packages.map { "\($0.name) \($0.version)" })
        var differences = Difference(
            missing: Array(claimed.subtracting(present)), surplus: Array(present.subtracting(claimed))
        ).sentences
        if inventory.manifest.digest != evidence.judged.subject {
            differences.append("this is the inventory of \(inventory.manifest.digest)")
        }
        return evidence.check(
            "sbom-packages", differences.isEmpty,
            "the \(claimed.count) packages of the SBOM in the image",
            differences.isEmpty
                ? "\(present.count) packages, the same"
                : "in the image: \(differences.joined(separator: "; "))")
    }

    /// Every package of the lock with version and file digest, data-only ones too.
    private func locked(_ bill: Bill, _ lock: Lock) -> Verdict.Check {
        let packages = lock.content.architectures.filter {
            architecture == nil || $0.architecture.platform == architecture
        }
        .flatMap(\.packages)
        let expected = Set(
            packages.map {
                "\($0.name) \($0.version) \($0.role == .base ? "" : $0.digest.hex)\($0.role == .dataOnly ? " data-only" : "")"
            })
        let claimed = Set(
            bill.distributed.map {
                "\($0.name) \($0.versionInfo ?? "") \($0.sha256 ?? "")\($0.isDataOnly ? " data-only" : "")"
            })
        let differences = Difference(
            missing: Array(expected.subtracting(claimed)), surplus: Array(claimed.subtracting(expected))
        ).sentences
        return evidence.check(
            "sbom-lock", differences.isEmpty, "the lock's \(expected.count) packages, versions and digests",
            differences.isEmpty ? "the same" : "in the SBOM: \(differences.joined(separator: "; "))")
    }
}
