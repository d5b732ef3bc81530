// SPDX-License-Identifier: Apache-2.0

import Logging
import Pipeline
import RegistryServer
import Storage
import TestHouse
import Testing
import Vocabulary

extension EvidenceOfABuild {
    /// What `slipway verify --key` refuses, and the check by whose name.
    @Suite struct Refusals {
        /// A kind of blob, and the check that must notice one changed byte of it.
        enum Part: String, CaseIterable, CustomTestStringConvertible {
            case index, manifest, configuration, layer
            case indexSignature = "signature bundle of the index"
            case signature = "signature bundle of a platform"
            case provenance = "provenance bundle"
            case bill = "SBOM bundle"
            case report = "test report bundle"
            case signatureReferrer = "manifest of a signature bundle"
            case provenanceReferrer = "manifest of a provenance bundle"
            case evidenceConfiguration = "configuration of the evidence's manifests"
            case inputs = "inputs artifact"
            case definition, lock, release
            case tagged = "manifest at the signature tag"
            case payload = "payload of a simple signature"
            case taggedConfiguration = "configuration of the manifest at the signature tag"

            var testDescription: String { rawValue }

            /// The name of the check that says no.
            var check: String {
                switch self {
                case .index, .manifest: rawValue
                case .configuration, .layer: "content"
                case .inputs, .definition, .lock, .release: "provenance-inputs"
                default: "attestations"
                }
            }

            /// Nil where the build has no such part.
            func descriptor(in parts: LayoutParts) -> Descriptor? {
                let platform = parts.manifests.first?.digest
                func bundle(_ type: PredicateType, of subject: Digest?) -> LayoutParts.Bundle? {
                    parts.bundles.first { $0.predicateType == type && $0.subject == subject }
                }
                switch self {
                case .index: return parts.index
                case .manifest: return parts.manifests.first
                case .configuration: return parts.images.first?.config
                case .layer: return parts.images.first?.layers.first
                case .indexSignature: return bundle(.signature, of: parts.index.digest)?.layer
                case .signature: return bundle(.signature, of: platform)?.layer
                case .provenance: return bundle(.provenance, of: platform)?.layer
                case .bill: return bundle(.spdx, of: platform)?.layer
                case .report: return bundle(.testResult, of: platform)?.layer
                case .signatureReferrer: return bundle(.signature, of: platform)?.referrer
                case .provenanceReferrer: return bundle(.provenance, of: platform)?.referrer
                case .evidenceConfiguration: return parts.bundles.first?.manifest.config
                case .inputs: return parts.inputs?.manifest
                case .definition: return parts.inputs?.artifact.definition
                case .lock: return parts.inputs?.artifact.lock
                case .release: return parts.inputs?.artifact.releases.first?.content
                case .tagged: return parts.signatureTags.first?.manifest
                case .payload: return parts.signatureTags.first?.content.signatures.first?.payload
                case .taggedConfiguration: return parts.signatureTags.first?.content.config
                }
            }
        }

        private static func verdict(_ image: String, key: HostPath, home: Scratch) async throws -> Verdict {
            try await SignedBuild.inWorkshop(at: "\(home.path)/home") { workshop in
                try await VerificationRun(workshop).verify(image, key: key)
            }
        }

        private static func failed(_ verdict: Verdict) -> Set<String> {
            Set(verdict.checks.filter { $0.outcome == .failed }.map(\.name))
        }

        @Test("nothing of what was published") func untouched() async throws {
            let build = try SignedBuild.required()
            let home = try Scratch()
            for image in [build.layout.text, build.reference] {
                let verdict = try await Self.verdict(image, key: build.publicKey, home: home)
                #expect(verdict.outcome == .passed, "\(verdict.checks.filter { $0.outcome != .passed })")
            }
        }

        @Test("one byte changed in a layout", arguments: Part.allCases)
        func layout(part: Part) async throws {
            let build = try SignedBuild.required()
            let scratch = try Scratch()
            let copy = try build.copy(to: scratch)
            let layout = try ImageLayout.open(at: copy)
            let parts = try LayoutParts(layout, root: build.outcome.index)
            let blob = try #require(part.descriptor(in: parts))
            try Self.damage(layout.blobs.path(of: blob.digest))
            let verdict = try await Self.verdict(copy.text, key: build.publicKey, home: scratch)
            #expect(verdict.outcome == .failed)
            #expect(Self.failed(verdict).contains(part.check), "\(Self.failed(verdict))")
        }

        private static let served: [Part] = [
            .manifest, .signatureReferrer, .inputs, .tagged, .configuration, .layer, .signature,
            .provenance, .bill, .report, .lock, .payload,
        ]

        /// What a registry serves without looking at it, changed on the disk of another one that has the same: whoever
        /// pulls finds out.
        @Test("one byte changed in a registry") func registry() async throws {
            let build = try SignedBuild.required()
            let scratch = try Scratch()
            try scratch.sh("cp -a '\(build.scratch.path)/registry' registry")
            let parts = try LayoutParts(ImageLayout.open(at: build.layout), root: build.outcome.index)
            let blobs = try Self.served.map { ($0, try #require($0.descriptor(in: parts))) }
            let server = try RegistryServer(
                root: HostPath("\(scratch.path)/registry"),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            try await server.whileServing { port in
                for (part, blob) in blobs {
                    let path = HostPath("\(scratch.path)/registry/blobs/sha256/\(blob.digest.hex)")
                    try scratch.sh("cp -a '\(path)' kept")
                    try Self.damage(path)
                    let verdict = try await Self.verdict(
                        "127.0.0.1:\(port)/static:13", key: build.publicKey, home: scratch)
                    try scratch.sh("mv kept '\(path)'")
                    #expect(verdict.outcome == .failed)
                    #expect(
                        Self.failed(verdict).contains(part.check), "\(part.rawValue): \(Self.failed(verdict))"
                    )
                }
            }
        }

        @Test("another key") func otherKey() async throws {
            let build = try SignedBuild.required()
            let home = try Scratch()
            for image in [build.layout.text, build.reference] {
                let verdict = try await Self.verdict(image, key: build.otherKey, home: home)
                #expect(
                    Self.failed(verdict).isSuperset(of: ["signature", "provenance", "sbom", "test-report"]))
            }
        }

        @Test("the attestations of another image") func grafted() async throws {
            let build = try SignedBuild.required()
            let scratch = try Scratch()
            let image = try GraftedImage(of: build, in: scratch)
            let verdict = try await Self.verdict(image.layout.text, key: build.publicKey, home: scratch)
            let about = verdict.checks.filter { $0.outcome == .failed && $0.subject == image.subject }
            #expect(
                Set(about.map(\.name)).isSuperset(of: ["attestations", "provenance", "sbom", "test-report"]))
            #expect(
                about.first { $0.name == "attestations" }?.found.contains("\(build.platforms[1])") == true)
        }

        @Test("attestations in place of the signatures") func attestationsAlone() async throws {
            let build = try SignedBuild.required()
            let scratch = try Scratch()
            let copy = try build.copy(to: scratch)
            let layout = try ImageLayout.open(at: copy)
            let parts = try LayoutParts(layout, root: build.outcome.index)
            let signatures = Set(
                parts.bundles.filter { $0.predicateType == .signature }.map(\.referrer.digest)
                    + parts.signatureTags.map(\.manifest.digest))
            try layout.update { index in index.manifests.removeAll { signatures.contains($0.digest) } }
            let verdict = try await Self.verdict(copy.text, key: build.publicKey, home: scratch)
            #expect(Self.failed(verdict) == ["signature"])
            let refused = verdict.checks.filter { $0.name == "signature" }
            #expect(refused.count == 3 && refused.allSatisfy { $0.outcome == .failed })
            #expect(refused.contains { $0.found.contains("which is no signature") })
        }

        private static func damage(_ path: HostPath) throws {
            try Tool.sh(
                """
                chmod u+w '\(path)'
                python3 - '\(path)' <<'PY'
                import sys
                with open(sys.argv[1], "r+b") as file:
                    bytes = bytearray(file.read())
                    bytes[len(bytes) // 2] ^= 1
                    file.seek(0)
                    file.write(bytes)
                PY
                """, in: "/")
        }
    }
}
