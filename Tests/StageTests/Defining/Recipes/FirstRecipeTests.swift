// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Defining

/// Recipes that are made of a release.
@Suite struct FirstRecipeTests {
    @Test(arguments: [
        (
            "https://v1.2.example.org/1.2/app-1.2.tar.gz", "1.2",
            "https://v1.2.example.org/${{package.version}}/app-${{package.version}}.tar.gz"
        ),
        ("https://1.2@example.org:12/1.2", "1.2", "https://1.2@example.org:12/${{package.version}}"),
        ("https://example.org", "1.2", "https://example.org"),
        ("pypi:h2@2", "2", "pypi:h2@${{package.version}}"),
        ("debian:gcc-14@trixie", "14", "debian:gcc-14@trixie"),
        ("file:app-1.2.tar", "1.2", "file:app-${{package.version}}.tar"),
    ])
    func theVersionIsAVariableWhereALaterOneWouldStand(
        _ given: (source: String, version: String, uri: String)
    ) throws {
        let recipe = FirstRecipe(
            name: try #require(PackageName("app")), version: given.version, source: given.source,
            digest: ContentHasher.digest(of: "x"), buildSystem: .make,
            repositories: ["deb system trixie main"])
        let text = String(decoding: try recipe.text(for: "app.yaml"), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.contains("uri:") }
        let uri = line?.split(separator: " ", maxSplits: 1).last.map { String($0.filter { $0 != "\"" }) }
        #expect(uri == given.uri, "\(text)")
    }
}
