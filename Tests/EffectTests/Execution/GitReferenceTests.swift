// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing

@testable import Execution

/// Names in repositories that are elsewhere.
@Suite struct GitReferenceTests {
    private func lines(_ text: String) -> [String] {
        GitRepository.references(in: Array(text.utf8)).map { "\($0.name) \($0.commit.prefix(4))" }
    }

    @Test func anAnnotatedTagStandsForItsCommit() {
        func id(_ digit: String) -> String { String(repeating: digit, count: 40) }
        let text = """
            \(id("a"))\trefs/tags/v1.0
            \(id("b"))\trefs/tags/v2.0
            \(id("c"))\trefs/tags/v2.0^{}
            \(id("D"))\trefs/heads/main
            short\trefs/tags/v3
            \(id("e")) refs/tags/v4
            warning: something
            """
        #expect(lines(text) == ["refs/tags/v1.0 aaaa", "refs/tags/v2.0 cccc", "refs/heads/main dddd"])
        #expect(GitRepository.references(in: [0xFF, 0x09, 0xFE, 0x0A]).isEmpty)
    }

    @Test(.enabled(if: Tool.exists("git"), "needs git"))
    func tagsAndNamesAreReadFromARepository() async throws {
        let scratch = try Scratch()
        try scratch.sh(
            """
            git init -q -b main up; cd up; git config user.name a; git config user.email a@b.c
            echo 1 >f; git add f; git commit -qm 1; git tag v1.0; git tag -a -m x v1.1
            git rev-parse HEAD >../head
            """)
        let head = try String(decoding: scratch.read("head"), as: UTF8.self).filter { !$0.isWhitespace }
        let url = "file://\(scratch.path)/up"
        let tags = try await GitRepository.tags(of: url)
        #expect(tags == [.init(name: "v1.0", commit: head), .init(name: "v1.1", commit: head)])
        for name in ["HEAD", "refs/heads/main", "refs/tags/v1.1"] {
            #expect(try await GitRepository.commit(name, of: url) == head, "\(name)")
        }
        #expect(try await GitRepository.commit("refs/tags/v1", of: url) == nil)
    }

    @Test(.enabled(if: Tool.exists("git"), "needs git"))
    func aPasswordInTheAddressIsInNoMessage() async throws {
        let error = await #expect(throws: ExecutionError.self) {
            try await GitRepository.tags(of: "nothing://user:geheim@example.org/x")
        }
        #expect(error.map { "\($0)" }?.contains("geheim") == false)
    }
}
