// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Defining

@Suite struct IncludeTests {
    /// Reads `main.yaml` of these files; included names are looked up as they are.
    private func read(_ files: [String: String]) throws(DefinitionError) -> DefinitionText {
        try DefinitionReader().read(
            Array((files["main.yaml"] ?? "").utf8), file: "main.yaml",
            including: IncludeReader { name, _ in files[name].map { (name, Array($0.utf8)) } })
    }

    private func problems(_ files: [String: String]) -> String {
        do throws(DefinitionError) {
            _ = try read(files)
            return ""
        } catch { return error.description }
    }

    /// The rules of apko: lists are joined, the included first; own values win; mappings join.
    @Test func joining() throws {
        let text = try read([
            "main.yaml": """
            include: base.yaml
            contents: {packages: [own]}
            entrypoint: {command: own}
            cmd: ""
            environment: {A: own, B: own}
            accounts:
              users: [{username: own, uid: 2}]
            annotations: {a: own}
            paths: [{path: /own, type: directory}]
            archs: []
            """,
            "base.yaml": """
            include: deep.yaml
            contents:
              repositories: [https://apk.example.org/base]
              packages: [base]
            entrypoint: {shell-fragment: base}
            cmd: base
            work-dir: /base
            environment: {A: base, C: base}
            accounts:
              run-as: base
              users: [{username: base, uid: 1}]
            annotations: {a: base, b: base}
            paths: [{path: /base, type: directory}]
            archs: [amd64]
            layering: {strategy: origin, budget: 3}
            """,
            "deep.yaml": "contents: {packages: [deep]}\nstop-signal: SIGINT\nwork-dir: /deep\n",
        ])
        let definition = text.definition
        #expect(definition.contents.packages.map(\.value.description) == ["deep", "base", "own"])
        #expect(definition.contents.packages.map(\.location.file) == ["deep.yaml", "base.yaml", "main.yaml"])
        #expect(definition.contents.repositories.map(\.value.description) == ["https://apk.example.org/base"])
        #expect(definition.process.entrypoint == ["own"])
        #expect(definition.process.cmd == ["base"])
        #expect(definition.process.workDirectory == "/base")
        #expect(definition.process.stopSignal == "SIGINT")
        #expect(definition.process.environment == ["A": "own", "B": "own", "C": "base"])
        #expect(definition.accounts.runAs?.value == "base")
        #expect(definition.accounts.users.map(\.value.name) == ["base", "own"])
        #expect(definition.annotations == ["a": "own", "b": "base"])
        #expect(definition.paths.map(\.value.path.text) == ["base", "own"])
        #expect(definition.architectures == [.amd64])
        #expect(definition.layering?.budget == 3)
        #expect(text.sources.map(\.file) == ["main.yaml", "base.yaml", "deep.yaml"])
        #expect(text.diagnostics.map(\.code.rawValue) == ["deprecated-key", "deprecated-key"])
    }

    /// The evidence holds one text, which means the same and includes nothing; the digest is that of it.
    @Test func theJoinedTextMeansTheSame() throws {
        let text = try read([
            "main.yaml": "include: base.yaml\n" + Definitions.alpine,
            "base.yaml":
                "contents:\n  packages: [base]\nfiles: [{path: /a, content: \"x\\n y\\n\", mode: 0o600}]\n",
        ])
        #expect(text.definition.digest == ContentHasher.digest(of: text.bytes))
        let again = try DefinitionReader().read(text.bytes, file: "main.yaml")
        #expect(again.definition.yaml == text.definition.yaml)
        #expect(again.bytes == text.bytes)
        #expect(again.definition.contents.packages.first?.value.name.text == "base")
    }

    @Test func aChangedIncludeIsAnotherDefinition() throws {
        func digest(_ base: String) throws -> Digest {
            try read(["main.yaml": "include: base.yaml\n", "base.yaml": base]).definition.digest
        }
        #expect(try digest("cmd: a") != digest("cmd: b"))
        let plain = try read(["main.yaml": "cmd: a"])
        #expect(plain.definition.digest == ContentHasher.digest(of: Array("cmd: a".utf8)))
    }

    static let mistakes: [(String, files: [String: String], says: String)] = [
        (
            "missing", ["main.yaml": "include: a.yaml"],
            "main.yaml:1:10: 'a.yaml' is no value for 'include': there is no such file beside 'main.yaml', nor in the working directory"
        ),
        (
            "remote", ["main.yaml": "include: https://apk.example.org/a.yaml"],
            "main.yaml:1:10: 'https://apk.example.org/a.yaml' is no value for 'include': it must be a local file, as a path from this one's folder"
        ),
        (
            "absolute", ["main.yaml": "include: /a.yaml"],
            "main.yaml:1:10: '/a.yaml' is no value for 'include': it must be a local file, as a path from this one's folder"
        ),
        (
            "itself", ["main.yaml": "include: main.yaml"],
            "main.yaml:1:10: 'main.yaml' is no value for 'include': 'main.yaml' would include itself"
        ),
        (
            "a ring", ["main.yaml": "include: a.yaml", "a.yaml": "include: main.yaml"],
            "a.yaml:1:10: 'main.yaml' is no value for 'include': 'main.yaml' would include itself"
        ),
        (
            "a mistake in it", ["main.yaml": "include: a.yaml\ncmd: b", "a.yaml": "cmdd: a"],
            "a.yaml:1:1: unknown key 'cmdd' in the definition; did you mean 'cmd'?"
        ),
        (
            "no YAML", ["main.yaml": "include: a.yaml", "a.yaml": "a: ["],
            "a.yaml:2:1: not YAML: did not find expected node content (while parsing a flow node)"
        ),
        (
            "another kind", ["main.yaml": "include: a.yaml\npaths: []", "a.yaml": "paths: {a: b}"],
            "a.yaml:1:8: 'paths' must be a list, but here is a mapping"
        ),
        (
            "a list", ["main.yaml": "include: [a.yaml]"],
            "main.yaml:1:10: 'include' must be a text, but here is a list"
        ),
    ]

    @Test(arguments: mistakes) func mistake(_ name: String, files: [String: String], says: String) {
        #expect(problems(files) == says, "\(name)")
    }

    @Test func depthIsBounded() {
        var files = ["main.yaml": "include: 1.yaml"]
        for number in 1...20 { files["\(number).yaml"] = "include: \(number + 1).yaml" }
        #expect(
            problems(files).contains("15.yaml:1:10: '16.yaml' is no value for 'include': more than 16 files"))
    }

    @Test func anEmptyIncludeAddsNothing() throws {
        let text = try read(["main.yaml": "include: a.yaml\ncmd: b", "a.yaml": "# nothing\n"])
        #expect(text.definition.process.cmd == ["b"])
        #expect(try read(["main.yaml": "include: ''\ncmd: b"]).definition.process.cmd == ["b"])
    }
}
