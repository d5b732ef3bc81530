// SPDX-License-Identifier: Apache-2.0

import Describing
import TestHouse
import Testing
import Vocabulary

/// SPDX's own validator, where it is installed (`pip install spdx-tools`), or where SLIPWAY_SPDX_TOOLS names it.
@Suite(
    "SPDX's own tools accept what Slipway writes",
    .enabled(
        if: Tool.exists("${SLIPWAY_SPDX_TOOLS:-pyspdxtools}"),
        "pyspdxtools is not installed: pip install spdx-tools"))
struct SPDXToolsTests {
    @Test("a document is valid, and a damaged one is not")
    func valid() throws {
        let scratch = try Scratch()
        let sample = try SampleImage()
        let bill = BillOfMaterialsWriter().describe(
            lock: sample.lock.content.architectures[0], witness: sample.lock.witness,
            image: sample.image.platforms[0],
            name: "registry.example.org/app")
        try scratch.write(try SPDXDocument.encode(bill), to: "good.spdx.json")
        try scratch.sh("${SLIPWAY_SPDX_TOOLS:-pyspdxtools} -i good.spdx.json")
        var document = try SPDXDocument(bill)
        document.relationships.append(.init(SPDXDocument.documentID, "DESCRIBES", "SPDXRef-Nothing"))
        try scratch.write(try CanonicalJSON.encode(document), to: "bad.spdx.json")
        #expect(throws: Tool.Failure.self) {
            try scratch.sh("${SLIPWAY_SPDX_TOOLS:-pyspdxtools} -i bad.spdx.json")
        }
    }
}
