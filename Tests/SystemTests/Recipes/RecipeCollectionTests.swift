// SPDX-License-Identifier: Apache-2.0

import Pipeline
import TestHouse
import Testing
import Vocabulary

@Suite struct RecipeCollectionTests {
    @Test("a recipe that is too large, or is none, is named and stops no other of its folder")
    func failures() throws {
        let scratch = try Scratch()
        try scratch.sh(
            """
            mkdir recipes; cd recipes
            echo 'package: {name: good, version: "1", epoch: 0, description: x}' >good.yaml
            head -c 2000000 /dev/zero >large.yaml; echo 'no: recipe' >other.yaml; echo x >.hidden.yaml; echo x >README
            """)
        let folder = HostPath("\(scratch.path)/recipes")
        let collection = try RecipeCollection([folder, folder / "good.yaml"], architecture: .amd64)
        #expect(collection.files.map(\.recipe.name.text) == ["good"])
        #expect(collection.failures.map(\.path.name).map(String.init) == ["large.yaml", "other.yaml"])
    }
}
