// SPDX-License-Identifier: Apache-2.0

import Describing
import TestHouse
import Testing
import Vocabulary

/// SPDX's own validator.
@Suite(
    "SPDX's own tools accept what Slipway writes",
    .enabled(
        if: PythonTool.spdxTools != nil, "spdx-tools could not be had"))
struct SPDXToolsTests {
    @Test("a document is valid, and a damaged one is not")
    func valid() throws {
        let scratch = try Scratch()
        let validator = try #require(PythonTool.spdxTools)
        let sample = try SampleImage()
        let bill = BillOfMaterialsWriter().describe(
            lock: sample.lock.content.architectures[0], witness: sample.lock.witness,
            image: sample.image.platforms[0],
            name: "registry.example.org/app")
        try scratch.write(try SPDXDocument.encode(bill), to: "good.spdx.json")
        try scratch.sh("'\(validator)' -i good.spdx.json")
        var document = try SPDXDocument(bill)
        document.relationships.append(.init(SPDXDocument.documentID, "DESCRIBES", "SPDXRef-Nothing"))
        try scratch.write(try CanonicalJSON.encode(document), to: "bad.spdx.json")
        #expect(throws: Tool.Failure.self) {
            try scratch.sh("'\(validator)' -i bad.spdx.json")
        }
    }
}
