// SPDX-License-Identifier: Apache-2.0

import Pipeline
import Storage
import TestHouse
import Testing
import Vocabulary

extension EvidenceOfABuild {
    /// `slipway sbom` on the published image.
    @Suite struct BillsOfMaterials {
        private struct Bill: Codable {
            struct Package: Codable {
                struct Reference: Codable { var referenceLocator: String }
                var name: String
                var comment: String?
                var externalRefs: [Reference]?
            }
            var spdxVersion: String
            var packages: [Package]

            /// Package URLs of what is installed.
            var installed: [String] {
                packages.filter { $0.comment?.hasPrefix("data-only") != true }
                    .flatMap { $0.externalRefs ?? [] }.map(\.referenceLocator)
                    .filter { $0.hasPrefix("pkg:deb/") }.sorted()
            }
        }

        private static func documents(
            of image: String, key: HostPath? = nil, platform: Platform? = nil
        ) async throws -> [BillOfMaterialsRun.Document] {
            let home = try Scratch()
            return try await SignedBuild.inWorkshop(at: home.path) { workshop in
                try await BillOfMaterialsRun(workshop, key: key).documents(of: image, platform: platform)
            }
        }

        private static func bill(_ document: BillOfMaterialsRun.Document) throws -> Bill {
            try CanonicalJSON.decode(from: try CanonicalJSON.encode(document.document), what: "the bill")
        }

        @Test("attached, in a layout and in a registry; by key; by no other key")
        func attached() async throws {
            let build = try SignedBuild.required()
            let inLayout = try await Self.documents(of: build.layout.text)
            #expect(inLayout.map(\.origin) == [.attached, .attached])
            #expect(inLayout.map(\.manifest) == build.platforms)
            let signed = try await Self.documents(
                of: build.reference, key: build.publicKey, platform: Architecture.arm64.platform)
            #expect(signed.map(\.origin) == [.verified])
            #expect(signed.map(\.document) == [inLayout[1].document])
            #expect(try Self.bill(signed[0]).spdxVersion == "SPDX-2.3")
            await #expect(
                throws: PipelineError.notAttested(.spdx, build.platforms[0], key: build.otherKey)
            ) { try await Self.documents(of: build.reference, key: build.otherKey) }
        }

        @Test("made from the content where nothing is attached: the same packages")
        func generated() async throws {
            let build = try SignedBuild.required()
            let scratch = try Scratch()
            let copy = try build.copy(to: scratch)
            let index = build.outcome.index
            try ImageLayout.open(at: copy).update { list in list.manifests.removeAll { $0.digest != index } }
            let made = try await Self.documents(of: copy.text)
            let attached = try await Self.documents(of: build.layout.text)
            #expect(made.map(\.origin) == [.generated, .generated])
            for (made, attached) in zip(made, attached) {
                #expect(try Self.bill(made).installed == Self.bill(attached).installed)
                #expect(try !Self.bill(made).installed.isEmpty)
            }
        }

        @Test(
            "SPDX's own tools accept it, attached and made from the content",
            .enabled(if: PythonTool.spdxTools != nil, "spdx-tools could not be had"))
        func valid() async throws {
            let build = try SignedBuild.required()
            let validator = try #require(PythonTool.spdxTools)
            let scratch = try Scratch()
            let copy = try build.copy(to: scratch)
            let index = build.outcome.index
            try ImageLayout.open(at: copy).update { list in list.manifests.removeAll { $0.digest != index } }
            for image in [build.layout.text, copy.text] {
                let document = try #require(try await Self.documents(of: image).first)
                try scratch.write(try CanonicalJSON.encode(document.document), to: "bill.spdx.json")
                try scratch.sh("'\(validator)' -i bill.spdx.json")
            }
        }

        @Test(
            "the command: one document on stdout, whose it is on stderr, exit code 2 for a key that signed none"
        )
        func command() async throws {
            let build = try SignedBuild.required()
            try await WorkerThreads(count: 1).run {
                let scratch = try Scratch()
                try scratch.sh(
                    """
                    slipway() { HOME="$PWD" '\(slipwayProgram)' "$@"; }
                    slipway sbom --arch arm64 --key '\(build.publicKey)' \(build.reference) >out 2>said
                    slipway sbom --json \(build.reference) >facts 2>>said
                    slipway sbom --key '\(build.otherKey)' \(build.reference) >none 2>>said || echo $? >code
                    """)
                let bill: Bill = try CanonicalJSON.decode(from: try scratch.read("out"), what: "stdout")
                #expect(bill.installed.contains { $0.contains("?arch=arm64") })
                let facts: [BillOfMaterialsRun.Document] = try CanonicalJSON.decode(
                    from: try scratch.read("facts"), what: "the facts")
                #expect(facts.map(\.origin) == [.attached, .attached])
                let said = String(decoding: try scratch.read("said"), as: UTF8.self)
                #expect(said.contains("linux/arm64: signed by '\(build.publicKey)'"), "\(said)")
                #expect(said.contains("not checked (--key does)"))
                #expect(try scratch.read("code") == Array("2\n".utf8))
                #expect(try scratch.read("none").isEmpty)
            }
        }
    }
}
