// SPDX-License-Identifier: Apache-2.0

import Defining
import Testing
import Vocabulary

@Suite struct PackageMetadataReaderTests {
    private static let whole = """
        name: app
        version: 1.2.3-r4
        arch: x86_64
        description: an application
        url: https://app.example.org
        license: MIT OR Apache-2.0
        origin: suite
        maintainer: Somebody <somebody@example.org>
        dependencies:
          runtime: ["so:libc.so.6", "other>=1.2", "!rival"]
          provides: ["cmd:app=1.2.3-r4"]
          replaces: [old-app]
          install-if: [suite=1.2.3-r4, docs]
          provider-priority: 10
          replaces-priority: 5
        scripts:
          post-install: |
            #!/bin/sh
            echo done
          trigger:
            script: "#!/bin/sh"
            paths: ["/usr/share/icons/*"]
        """

    private func read(_ text: String) throws(DefinitionError) -> PackageMetadata {
        try PackageMetadataReader().read(Array(text.utf8), file: "app.yaml")
    }

    @Test func everyKey() throws {
        let metadata = try read(Self.whole)
        #expect(
            metadata.name.text == "app" && metadata.version == "1.2.3-r4" && metadata.architecture == "x86_64"
        )
        #expect(metadata.license == "MIT OR Apache-2.0" && metadata.origin == "suite")
        #expect(metadata.url == "https://app.example.org" && metadata.description == "an application")
        #expect(metadata.maintainer == "Somebody <somebody@example.org>")
        #expect(metadata.dependencies.runtime == ["so:libc.so.6", "other>=1.2", "!rival"])
        #expect(metadata.dependencies.provides == ["cmd:app=1.2.3-r4"])
        #expect(metadata.dependencies.replaces == ["old-app"])
        #expect(metadata.dependencies.installIf == ["suite=1.2.3-r4", "docs"])
        #expect(metadata.dependencies.providerPriority == 10 && metadata.dependencies.replacesPriority == 5)
        #expect(metadata.scripts == [.postInstall: "#!/bin/sh\necho done\n", .trigger: "#!/bin/sh"])
        #expect(metadata.triggerPaths == ["/usr/share/icons/*"])
    }

    @Test(
        "each mistake is named with its place",
        arguments: [
            ("", "app.yaml:1:1: the metadata are empty"),
            (
                "name: app\nversion: 1\narch: x86_64",
                "app.yaml:1:1: the package's metadata needs the key 'description'"
            ),
            (
                Self.whole + "\nlicence: MIT",
                "app.yaml:23:1: unknown key 'licence' in the package's metadata; did you mean 'license'?"
            ),
            (
                Self.whole.replacing("version: 1.2.3-r4", with: "version: 1 2"),
                "app.yaml:2:10: '1 2' is no value for 'version': it must be one word, without blanks"
            ),
            (
                Self.whole.replacing("name: app", with: "name: a/b"),
                "app.yaml:1:7: 'a/b' is no value for 'name': it is not a package's name"
            ),
            (
                Self.whole.replacing("priority: 10", with: "priority: ten"),
                "app.yaml:14:22: 'provider-priority' must be a whole number, but here is the text 'ten'"
            ),
            (
                Self.whole.replacing("    script: \"#!/bin/sh\"\n", with: ""),
                "app.yaml:21:5: 'trigger' needs the key 'script'"
            ),
        ])
    func mistakes(text: String, sentence: String) {
        let error = #expect(throws: DefinitionError.self) { try read(text) }
        #expect(error?.description == sentence)
    }
}
