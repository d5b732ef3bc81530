// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

/// Versions of Python projects (PEP 440) and of recipes.
@Suite struct PythonVersionTests {
    /// In ascending order; the examples of PEP 440's "Summary of permitted suffixes and relative ordering" among them.
    private static let ascending = [
        "0.9.1", "0.10", "1.0.dev1", "1.0.dev2", "1.0a1.dev3", "1.0a1", "1.0a2", "1.0b1", "1.0rc1.dev1",
        "1.0rc1",
        "1.0rc2", "1.0", "1.0.post1.dev2", "1.0.post1", "1.0.1", "1.1.dev1", "1.10", "2024.1", "1!0.5",
    ]

    @Test func versionsComeInTheOrderOfTheirRules() throws {
        let versions = try Self.ascending.map { try #require(PythonVersion($0), "\($0)") }
        var random = SmallRandom(seed: 440)
        #expect(versions.shuffled(using: &random).sorted().map(\.text) == Self.ascending)
    }

    @Test(arguments: [
        ("1.0", "1.0.0"), ("1.0rc1", "1.0-RC.1"), ("1.0rc1", "v1.0c1"), ("1.0rc1", "1.0_pre1"),
        ("1.0a", "1.0alpha0"),
        ("1.0-1", "1.0.post1"), ("1.0rev2", "1.0.post2"), ("1.0.dev", "1.0dev0"), ("1.0", "1.0+local.1"),
        ("01.02", "1.2"),
    ])
    func spellingsOfOneVersionAreEqual(_ pair: (String, String)) throws {
        let (left, right) = (try #require(PythonVersion(pair.0)), try #require(PythonVersion(pair.1)))
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(!(left < right) && !(right < left))
    }

    @Test(arguments: [
        "", "v", "1.", "1..0", "1.0-", "1.0+", "x1", "1.0 ", "1.0rc1rc2", "1.0.dev1.post1", "!1", "1!",
        "99999999999999999999",
        "1.0\u{0}", "1.0é", "../1.0",
    ])
    func textsThatAreNone(_ text: String) { #expect(PythonVersion(text) == nil) }

    @Test(
        arguments: [
            ("1.2.3", "1.2.3"), ("1.0rc1", "1.0_rc1"), ("1.0a2", "1.0_alpha2"), ("1.0.beta3", "1.0_beta3"),
            ("1.0.post1", "1.0_p1"), ("1.0rc1.post2", "1.0_rc1_p2"), ("v2.0", "2.0"), ("1.0.0", "1.0.0"),
            ("1.0.dev1", nil),
            ("1!1.0", nil), ("1.0+local", nil),
        ] as [(String, String?)])
    func aRecipeSaysItInItsGrammar(_ pair: (String, String?)) throws {
        let version = try #require(PythonVersion(pair.0))
        #expect(version.recipeVersion == pair.1)
        if let written = pair.1 {
            #expect(RecipeVersion(written) != nil)
            #expect(PythonVersion(recipe: written) == version)
        }
    }

    /// apk-package(5), "version": numbers by value, a letter after them, then suffixes.
    @Test func recipesComeInTheOrderOfTheirGrammar() throws {
        let ascending = [
            "0.9", "0.10", "1.0_alpha1", "1.0_beta1", "1.0_pre2", "1.0_rc1", "1.0_rc2", "1.0", "1.0_p1",
            "1.0a",
            "1.0b", "1.0.1", "1.2", "1.10", "2024a", "20240101",
        ]
        let versions = try ascending.map { try #require(RecipeVersion($0), "\($0)") }
        var random = SmallRandom(seed: 441)
        #expect(versions.shuffled(using: &random).sorted().map(\.text) == ascending)
        #expect(
            versions.filter(\.isPrerelease).map(\.text) == [
                "1.0_alpha1", "1.0_beta1", "1.0_pre2", "1.0_rc1", "1.0_rc2",
            ])
    }

    @Test(arguments: ["", "v1.0", "1.0-r1", "1.0-rc1", "1.0rc1", "latest", "1.0 ", "1/0", "1.0-1"])
    func textsThatNoRecipeSays(_ text: String) { #expect(RecipeVersion(text) == nil) }
}
