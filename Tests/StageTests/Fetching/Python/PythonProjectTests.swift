// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Fetching

/// What an index of Python projects answers, as JSON and as HTML.
@Suite struct PythonProjectTests {
    private static let digest = String(repeating: "ab", count: 32)

    private func listed(_ text: String, _ name: String = "My.Project") throws -> [String] {
        let name = try #require(PythonProject.Name(name))
        return try PythonProject(Array(text.utf8), of: name).files.map { file in
            "\(file.version.text) \(file.link) \(file.digest?.hex.prefix(4) ?? "-") \(file.uploaded?.description ?? "-")"
                + (file.withdrawal.map { " withdrawn: \($0)" } ?? "")
        }
    }

    @Test func jsonNamesSourceDistributionsWithDigestsAndTimes() throws {
        let text = """
            {"meta": {"api-version": "1.1"}, "name": "my-project", "files": [
              {"filename": "my_project-1.0-py3-none-any.whl", "url": "a", "hashes": {}},
              {"filename": "My.Project-1.0.zip", "url": "z", "hashes": {}},
              {"filename": "my-project-1.0.tar.gz", "url": "b", "hashes": {"sha256": "\(Self.digest.uppercased())"},
               "size": 12, "upload-time": "2024-05-01T10:00:00.123456Z", "yanked": false},
              {"filename": "my_project-1.10.tar.gz", "url": "c", "hashes": {"md5": "0"}, "yanked": "broken"},
              {"filename": "my_project-1.9.tar.bz2", "url": "d", "yanked": true},
              {"filename": "my-project-extra-3.0.tar.gz", "url": "e"},
              {"filename": "my_project-nightly.tar.gz", "url": "f"}
            ]}
            """
        #expect(
            try listed(text) == [
                "1.0 z - -", "1.0 b abab 2024-05-01T10:00:00Z", "1.10 c - - withdrawn: broken",
                "1.9 d - - withdrawn: ",
            ])
    }

    @Test func htmlNamesTheSame() throws {
        let text = """
            <!DOCTYPE html><html><head><base target="_self"><abbr>x</abbr></head><body>
            <A  class=x HREF='../../p/my_project-1.0.tar.gz#sha256=\(Self.digest)' data-requires-python="&gt;=3.8">my_project-1.0.tar.gz</A><br/>
            <a href="my_project-2.0.tar.gz?a=1&amp;b=2#md5=00" data-yanked="no &quot;good&quot;">
              my_project-2.0.tar.gz </a>
            <a data-yanked href=my_project-3.0.zip>my_project-3.0.zip</a>
            <a href="x">other-1.0.tar.gz</a><a name="top"></a>
            """
        #expect(
            try listed(text) == [
                "1.0 ../../p/my_project-1.0.tar.gz abab -",
                "2.0 my_project-2.0.tar.gz?a=1&b=2 - - withdrawn: no \"good\"",
                "3.0 my_project-3.0.zip - - withdrawn: ",
            ])
    }

    @Test(arguments: [
        "", "<", "<a", "<a ", "<a href", "<a href=", "<a href='", "<a href=\"x", "<a href=x", "<a href=x>",
        "<a =x>y",
        "<a href=x>my_project-1.tar.gz<", "\u{0}\u{0}", "<a href=x data-yanked=>my_project-",
        String(repeating: "<a ", count: 20_000), String(repeating: "<a href=\"", count: 20_000),
    ])
    func aPageThatIsBrokenIsReadToItsEnd(_ text: String) throws { _ = try listed(text) }

    @Test(arguments: ["{", "{}", "{\"files\": 1}", "{\"files\": [{\"url\": \"x\"}]}", "{\"files\": [1]}"])
    func jsonThatIsNoAnswerIsAnError(_ text: String) {
        #expect(throws: CanonicalJSON.ReadError.self) { try listed(text) }
    }

    @Test(
        arguments: [
            ("a", "a"), ("Its_Dangerous", "its-dangerous"), ("a--.__b", "a-b"),
            ("zope.interface", "zope-interface"),
            ("", nil), ("-a", nil), ("a-", nil), ("a b", nil), ("../a", nil), ("a/b", nil), ("ä", nil),
        ] as [(String, String?)])
    func aNameIsNormalisedOrNone(_ pair: (String, String?)) {
        #expect(PythonProject.Name(pair.0)?.normalized == pair.1)
    }

    @Test(
        arguments: [
            ("my-project-1.0.tar.gz", "my-project", "1.0"),
            ("my-project-1.0-1.tar.gz", "my_project", "1.0-1"),
            ("my-project-2-1.0.zip", "my-project-2", "1.0"), ("my-project-2-1.0.zip", "my-project", nil),
            ("My._Project-1.0.tar.gz", "my-project", "1.0"), ("my-project--1.0.zip", "my-project", nil),
            ("myproject-1.0.zip", "my-project", nil), ("my-projects-1.0.zip", "my-project", nil),
            ("x-1.0.exe", "x", nil), ("x.tar.gz", "x", nil), ("-1.0.tar.gz", "x", nil),
        ] as [(String, String, String?)])
    func aFileNameHoldsAVersion(_ given: (String, String, String?)) throws {
        let name = try #require(PythonProject.Name(given.1))
        #expect(PythonProject.version(in: given.0, of: name)?.text == given.2)
    }

    @Test(.timeLimit(.minutes(1)))
    func aNameThatIsMadeToBeSlowIsNot() throws {
        let name = try #require(PythonProject.Name("my-project"))
        let file = String(repeating: "my-project-", count: 400_000) + "1.0.zip"
        #expect(PythonProject.version(in: file, of: name) == nil)
    }

    @Test(arguments: ["html", "json"])
    func aListThatIsTooLongIsNotTakenInHalves(_ form: String) throws {
        let count = PythonProject.fileLimit + 1
        let page =
            form == "json"
            ? "{\"files\": [\((0..<count).map { _ in "{\"filename\": \"x\", \"url\": \"x\"}" }.joined(separator: ","))]}"
            : String(repeating: "<a href=x>x</a>", count: count)
        #expect(throws: CanonicalJSON.ReadError.self) { try listed(page) }
    }
}
