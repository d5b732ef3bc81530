// SPDX-License-Identifier: Apache-2.0

import Attesting
import Logging
import RegistryServer
import Storage
import TestHouse
import Testing
import Vocabulary

/// What Slipway signs, before the eyes of the verifiers that others use.
@Suite(
    "cosign verifies what Slipway signed",
    .enabled(if: !Cosign.all.isEmpty, "Debian's cosign could not be had"))
struct CosignTests {
    private let key = SigningKey.generate()
    private let workers = WorkerThreads(count: 2)

    /// A registry with the sample image and what `choose` takes of its evidence, and files for cosign beside it.
    private func serving(
        _ choose: @escaping @Sendable (inout Attestations) -> Void = { _ in },
        _ body: @escaping @Sendable (_ scratch: Scratch, _ name: String, _ sample: SampleImage) throws -> Void
    ) async throws {
        let home = try Scratch()
        let server = try RegistryServer(
            root: HostPath("\(home.path)/registry"), workers: workers, logger: Logger(label: "test"))
        defer { withExtendedLifetime(home) {} }
        let (key, workers) = (key, workers)
        try await server.whileServing { port in
            try await workers.run {
                let scratch = try Scratch()
                try scratch.write(key.publicPEM, to: "slipway.pub")
                try scratch.write(SigningKey.generate().publicPEM, to: "other.pub")
                try scratch.write(Self.emptyTrustedRoot, to: "root.json")
                let sample = try SampleImage()
                let name = "127.0.0.1:\(port)/app"
                var attestations = try PublishedSample.attest(sample, name: name, key)
                choose(&attestations)
                try PublishedSample(port: port).publish(sample, attestations)
                try body(scratch, name, sample)
            }
        }
    }

    private static let emptyTrustedRoot = Array(
        #"{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}"#.utf8)

    private static func subjects(_ sample: SampleImage) -> [Digest] {
        [sample.image.index.digest] + sample.image.platforms.map(\.manifest.digest)
    }

    @Test("the signatures of the index and of each platform, in both forms", arguments: Cosign.all)
    func signatures(cosign: Cosign) async throws {
        try await serving { scratch, name, sample in
            for subject in Self.subjects(sample) {
                let arguments = "verify --key slipway.pub --insecure-ignore-tlog=true \(name)@\(subject)"
                let result = cosign.run(arguments, in: scratch)
                #expect(result.accepted, "\(result.output)")
                #expect(
                    !cosign.run(arguments.replacing("slipway.pub", with: "other.pub"), in: scratch).accepted)
            }
        }
    }

    @Test("simple signatures alone", arguments: Cosign.all)
    func simpleSignatures(cosign: Cosign) async throws {
        try await serving({
            $0.signatures = []; $0.evidence = []
        }) { scratch, name, sample in
            for subject in Self.subjects(sample) {
                let result = cosign.run(
                    "verify --key slipway.pub --insecure-ignore-tlog=true \(name)@\(subject)", in: scratch)
                #expect(result.accepted, "\(result.output)")
            }
        }
    }

    @Test("bundles alone", .enabled(if: Cosign.three != nil, "cosign 3 could not be had"))
    func bundles() async throws {
        let cosign = try #require(Cosign.three)
        try await serving({ $0.simpleSignatures = [] }) { scratch, name, sample in
            for subject in Self.subjects(sample) {
                let result = cosign.run(
                    "verify --key slipway.pub --insecure-ignore-tlog=true \(name)@\(subject)", in: scratch)
                #expect(result.accepted, "\(result.output)")
            }
        }
    }

    @Test("provenance, SBOM and test report of each platform", arguments: Cosign.all)
    func attestations(cosign: Cosign) async throws {
        let old = cosign.version == 2 ? "--new-bundle-format --trusted-root root.json" : ""
        try await serving { scratch, name, sample in
            for platform in sample.image.platforms {
                for type in ["slsaprovenance1", "spdxjson", PredicateType.testResult.rawValue] {
                    let command =
                        "verify-attestation --key slipway.pub --insecure-ignore-tlog=true \(old) --type \(type) "
                        + "\(name)@\(platform.manifest.digest)"
                    let result = cosign.run(command, in: scratch)
                    #expect(result.accepted, "\(type): \(result.output)")
                    #expect(
                        !cosign.run(command.replacing("slipway.pub", with: "other.pub"), in: scratch).accepted
                    )
                }
            }
        }
    }

    @Test(
        "an image without signatures is not signed, whatever is attested about it",
        .enabled(if: Cosign.two != nil, "cosign 2 could not be had"))
    func unsigned() async throws {
        let cosign = try #require(Cosign.two)
        try await serving({
            $0.signatures = []; $0.simpleSignatures = []
        }) { scratch, name, sample in
            for subject in Self.subjects(sample) {
                let command = "verify --key slipway.pub --insecure-ignore-tlog=true \(name)@\(subject)"
                #expect(!cosign.run(command, in: scratch).accepted)
            }
        }
    }
}
