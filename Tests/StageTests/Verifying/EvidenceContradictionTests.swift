// SPDX-License-Identifier: Apache-2.0

import Attesting
import TestHouse
import Testing
import Verifying
import Vocabulary

/// Everything is signed by the right key here, and says what is not so.
@Suite("Signed evidence that is not true") struct EvidenceContradictionTests {
    private func failures(_ change: (inout SignedSample) throws -> Void) async throws -> [String] {
        var signed = try SignedSample()
        try change(&signed)
        try signed.image.publish(try signed.sample.attest(signed.key))
        return try await signed.failures()
    }

    @Test("a package in the image that the SBOM does not know, one that is not there, another version")
    func packages() async throws {
        #expect(try await failures { _ in } == [])
        #expect(
            try await failures {
                $0.inventories[$0.amd64.digest]?.packages[0].version = "0"
            } == ["sbom-packages"])
        #expect(
            try await failures { $0.inventories[$0.amd64.digest]?.packages.removeLast() } == ["sbom-packages"]
        )
        #expect(
            try await failures { signed in
                let package = signed.inventories[signed.amd64.digest]?.packages[0]
                var extra = try #require(package)
                extra.name = try #require(PackageName("netcat"))
                signed.inventories[signed.amd64.digest]?.packages.append(extra)
            } == ["sbom-packages"])
    }

    @Test("the inventory of another manifest counts for nothing; none at all leaves the check open")
    func inventories() async throws {
        #expect(
            try await failures {
                $0.inventories[$0.amd64.digest] = $0.sample.inventory(of: $0.sample.image.platforms[1])
            } == ["sbom-packages"])
        var signed = try SignedSample.published()
        signed.inventories = [:]
        let verdict = try await signed.verify()
        #expect(verdict.outcome == .unchecked)
        #expect(
            verdict.checks.filter { $0.outcome != .passed }.map(\.name) == ["sbom-packages", "sbom-packages"])
    }

    @Test("a lock in the evidence that differs from the provenance and the SBOM")
    func lock() async throws {
        #expect(
            try await failures {
                $0.sample.facts.lock.content.architectures[0].packages[0].digest = ContentHasher.digest(
                    of: "evil")
            } == ["provenance-packages"])
        #expect(
            try await failures {
                $0.sample.lock.content.architectures[0].packages[0].digest = ContentHasher.digest(of: "evil")
            } == ["sbom-lock"])
        #expect(
            try await failures {
                $0.sample.facts.lock.witness.repositories[0].indexes.removeLast()
            } == ["provenance-packages"])
    }

    @Test("inputs that belong to another image, or to another definition than their lock")
    func inputs() async throws {
        let other = try SampleImage(seed: "other")
        #expect(
            try await failures { signed in
                signed.image.blobs.merge(other.blobs) { $1 }
                signed.sample.facts.inputs = other.facts.inputs
            } == ["provenance-inputs"])
        #expect(
            try await failures { signed in
                var artifact = signed.sample.inputs
                artifact.definition = signed.image.put(Array("another".utf8), .slipwayDefinition)
                signed.sample.facts.inputs = signed.image.put(try artifact.encode(), .imageManifest)
            } == ["provenance-inputs"])
        #expect(
            try await failures { $0.image.blobs[$0.sample.facts.inputs.digest] = nil } == [
                "provenance-inputs"
            ])
    }

    @Test("an SBOM of another manifest, a test report of another manifest, a failed test")
    func others() async throws {
        var signed = try SignedSample()
        var sboms = try signed.sample.sboms()
        let manifests = signed.sample.image.platforms.map(\.manifest.digest)
        sboms[manifests[0]] = sboms[manifests[1]]
        try signed.image.publish(
            Attester(key: signed.key).attest(
                image: signed.sample.image, facts: signed.sample.facts, sboms: sboms,
                tests: signed.sample.tests,
                name: SignedName(local: "app")))
        #expect(try await signed.failures() == ["sbom", "sbom-lock"])
        #expect(try await failures { $0.sample.tests[0].results[0].outcome = .failed } == ["test-report"])
    }

    @Test(
        "a report about another manifest, in a statement about this one; a result that its report does not bear out"
    )
    func wrongReport() async throws {
        let sample = try SampleImage()
        let subject = sample.image.platforms[0].manifest
        func failures(_ change: (inout TestResult) -> Void) async throws -> [String] {
            var signed = try SignedSample()
            var result = TestResult(sample.tests[0], configuration: [])
            change(&result)
            signed.attestations.evidence.removeAll {
                $0.predicateType == PredicateType.testResult.rawValue && $0.subject.digest == subject.digest
            }
            try signed.image.publish(signed.attestations)
            let payload = try Statement(about: "app", subject.digest, .testResult, result).encode()
            try signed.image.refer(to: subject, bundle: signed.key.bundle(signing: payload), .testResult)
            return try await signed.failures()
        }
        #expect(try await failures { _ in } == [])
        #expect(try await failures { $0.report = sample.tests[1] } == ["test-report"])
        #expect(try await failures { $0.result = .failed } == ["test-report"])
    }

    @Test("a test that could not be run, or none at all, is unchecked and never passed")
    func untested() async throws {
        for results in [[TestReport.Result(name: "answers", outcome: .notRun, detail: "no emulator")], []] {
            var signed = try SignedSample()
            signed.sample.tests[0].results = results
            try signed.image.publish(try signed.sample.attest(signed.key))
            #expect(try await signed.verify().outcome == .unchecked)
        }
    }

    @Test(
        "fifteen hundred damaged predicates, each signed by the right key: a verdict every time, and none lets a lie pass"
    )
    func mutations() async throws {
        let signed = try SignedSample()
        let subject = signed.amd64
        let tokens = [
            "null", "[]", "{}", "\"digest\":{}", "-1", "1e400", "\"SHA256\"", "data-only", "PASSED",
            "\\u0000",
        ]
        for (number, item) in signed.attestations.evidence.prefix(3).enumerated() {
            let payload = try SigstoreBundle(item.bundle).envelope.payload
            var rest = signed.attestations
            rest.evidence.remove(at: number)
            var base = signed
            try base.image.publish(rest)
            base.image.rootDescriptor = subject
            for changed in Mutations(of: payload, tokens: tokens, count: 500, seed: UInt64(number)) {
                var damaged = base
                try damaged.image.refer(to: subject, bundle: signed.key.bundle(signing: changed))
                let verdict = try await damaged.verify()
                guard verdict.outcome == .passed else { continue }
                // What passes says the same about everything that is checked: most often a word nobody decides from.
                let header = try StatementHeader(payload: changed)
                #expect(header.isAbout(subject.digest) && header.predicateType.rawValue == item.predicateType)
            }
        }
    }
}
