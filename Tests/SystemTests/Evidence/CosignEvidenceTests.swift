// SPDX-License-Identifier: Apache-2.0

import Pipeline
import Storage
import TestHouse
import Testing
import Vocabulary

extension EvidenceOfABuild {
    /// What `slipway build --push --sign` published, before the verifiers that others use.
    @Suite(.enabled(if: !Cosign.all.isEmpty, "Debian's cosign could not be had"))
    struct CosignAccepts {
        private static let types = ["slsaprovenance1", "spdxjson", PredicateType.testResult.rawValue]
        private let workers = WorkerThreads(count: 1)

        @Test("the signatures of the index and of each platform, and by no other key", arguments: Cosign.all)
        func signatures(cosign: Cosign) async throws {
            let build = try SignedBuild.required()
            try await workers.run {
                let scratch = try Scratch()
                for subject in build.subjects {
                    func verify(_ key: HostPath) -> (accepted: Bool, output: String) {
                        cosign.run(
                            "verify --key '\(key)' --insecure-ignore-tlog=true \(build.name)@\(subject)",
                            in: scratch)
                    }
                    let result = verify(build.publicKey)
                    #expect(result.accepted, "\(result.output)")
                    #expect(!verify(build.otherKey).accepted)
                }
            }
        }

        @Test("provenance, SBOM and test report of each platform", arguments: Cosign.all, types)
        func attestations(cosign: Cosign, type: String) async throws {
            let build = try SignedBuild.required()
            try await workers.run {
                for subject in build.platforms {
                    let result = try Self.verify(
                        type, "\(build.name)@\(subject)", by: build.publicKey, cosign)
                    #expect(result.accepted, "\(result.output)")
                }
                let first = "\(build.name)@\(build.platforms[0])"
                #expect(try !Self.verify(type, first, by: build.otherKey, cosign).accepted)
                // The index has no attestation of its own, and its platforms' are not about it.
                let index = "\(build.name)@\(build.outcome.index)"
                #expect(try !Self.verify(type, index, by: build.publicKey, cosign).accepted)
            }
        }

        /// The other platform's attestations, moved beneath this one's manifest by whoever holds the registry: signed
        /// by the right key, and about something else.
        @Test("and not the attestations of another image", arguments: Cosign.all)
        func grafted(cosign: Cosign) async throws {
            let build = try SignedBuild.required()
            let image = try GraftedImage(of: build, in: Scratch())
            let repository = "\(build.registry)/grafted-\(cosign.version)"
            try await image.push(to: repository)
            try await workers.run {
                for type in Self.types {
                    let result = try Self.verify(
                        type, "\(repository)@\(image.subject)", by: build.publicKey, cosign)
                    #expect(!result.accepted && !result.output.contains("UNKNOWN"), "\(result.output)")
                }
            }
        }

        private static func verify(
            _ type: String, _ image: String, by key: HostPath, _ cosign: Cosign
        ) throws -> (accepted: Bool, output: String) {
            try cosign.verifyAttestation(type, of: image, by: key.text)
        }
    }
}
