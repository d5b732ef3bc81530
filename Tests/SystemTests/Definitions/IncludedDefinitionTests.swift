// SPDX-License-Identifier: Apache-2.0

import Pipeline
import Storage
import TestHouse
import Testing
import Vocabulary

/// A definition in two files is one image's, down to the proof by building again.
@Suite(
    .enabled(
        if: Tool.exists("gpgv") && Tool.exists("dpkg-deb") && Tool.exists("busybox"),
        "needs gpgv, dpkg-deb and busybox"))
struct IncludedDefinitionTests {
    /// Moves all but the user into a file that the definition includes.
    private func split(_ build: LocalBuild) throws {
        try build.scratch.sh(
            """
            cd definition
            mkdir common
            grep -v run-as image.yaml >common/base.yaml
            printf 'include: common/base.yaml\\naccounts: {run-as: nobody}\\n' >image.yaml
            """)
    }

    @Test func provenWithoutEitherFile() async throws {
        let build = try LocalBuild()
        try split(build)
        try await build.build()
        let proof = try await build.prove()
        #expect(proof.verdict.outcome == .passed, "\(proof.verdict.checks.filter { $0.outcome != .passed })")
        #expect(proof.rebuild?.found == "identical, index, manifests and layers")
        // Both files travel as they were, beside the text that they make together.
        let texts = String(decoding: try build.scratch.sh("cat layout/blobs/sha256/*"), as: UTF8.self)
        #expect(texts.contains("\"vnd.slipway.source\":\"common/base.yaml\""))
        #expect(texts.contains("include: common/base.yaml\n"))
        #expect(texts.contains("accounts:\n  run-as: nobody\n"))
    }

    @Test func aChangeInTheIncludedFileMakesTheLockStale() async throws {
        let build = try LocalBuild()
        try split(build)
        try await build.build()
        let store = try ContentStore(at: HostPath("\(build.scratch.path)/store"), .disposable)
        func lock() throws -> Lock? {
            try DefinitionFile(HostPath("\(build.folder)/image.yaml"), store: store).storedLock().lock
        }
        #expect(try lock() != nil)
        try build.scratch.sh("echo 'cmd: other' >>definition/common/base.yaml")
        #expect(try lock() == nil)
    }

    /// apko looks in the working directory; what lies beside the definition comes first.
    @Test func whereFilesAndFoldersAreLookedFor() throws {
        let scratch = try Scratch()
        try scratch.sh(
            """
            mkdir -p app/packages packages keys
            touch keys/a.rsa.pub app/packages/x packages/x
            echo 'cmd: here' >base.yaml
            cat >app/image.yaml <<'END'
            include: base.yaml
            contents:
              repositories: [./packages, '@there keys']
              keyring: [keys/a.rsa.pub, https://apk.example.org/b.rsa.pub]
            END
            """)
        let outcome = try SlipwayProgram.run(["show-config", "app/image.yaml", "-q"], in: scratch.path)
        #expect(outcome.exit == 0, "\(outcome.stderr)")
        // It shows what is written, not where that is on this machine.
        #expect(outcome.text.contains("- \"./packages\"\n"))
        #expect(outcome.text.contains("cmd: here\n"))
        #expect(!outcome.text.contains(scratch.path))
        try scratch.sh("echo 'cmd: beside' >app/base.yaml")
        let beside = try SlipwayProgram.run(["show-config", "app/image.yaml", "-q"], in: scratch.path)
        #expect(beside.text.contains("cmd: beside\n"))
        let store = try ContentStore(at: HostPath("\(scratch.path)/store"), .disposable)
        let file = try DefinitionFile(HostPath("\(scratch.path)/app/image.yaml"), store: store)
        #expect(file.sources[0].value == .alpine(location: "\(scratch.path)/app/packages", tag: nil))
        #expect(file.definition.contents.repositories[0].value == .alpine(location: "./packages", tag: nil))
    }
}
