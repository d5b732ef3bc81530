// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Defining

/// Values of a recipe replaced where they stand, and nothing else.
@Suite struct RecipeEditTests {
    private static let old = String(repeating: "a1", count: 32)
    private static let new = String(repeating: "b2", count: 32)

    struct Layout: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        /// `new` in place of what changes.
        let expected: String
        var testDescription: String { name }
    }

    static let layouts: [Layout] = [
        Layout(
            name: "comments, blank lines, indents and quotes",
            text:
                "# 1.0\npackage:\n    name:   app # 1.0\n\n    version:  \"1.0\"   # 1.0 it is\n    epoch:    7\n    description: at 1.0\n",
            expected:
                "# 1.0\npackage:\n    name:   app # 1.0\n\n    version:  \"2.1\"   # 1.0 it is\n    epoch:    0\n    description: at 1.0\n"
        ),
        Layout(
            name: "plain text", text: "package:\n  name: app\n  version: 1.0\n  epoch: 12\n",
            expected: "package:\n  name: app\n  version: 2.1\n  epoch: 0\n"),
        Layout(
            name: "single quotes", text: "package: \n  version: '1.0'\n  name: app\n  epoch: 0",
            expected: "package: \n  version: '2.1'\n  name: app\n  epoch: 0"),
        Layout(
            name: "flow", text: "package: {name: app, version: 1.0, epoch: 3} # x\n",
            expected: "package: {name: app, version: 2.1, epoch: 0} # x\n"),
        Layout(
            name: "flow over lines", text: "package: {\n  name: app, version:\n    \"1.0\", epoch: 3\n}\n",
            expected: "package: {\n  name: app, version:\n    \"2.1\", epoch: 0\n}\n"),
        Layout(
            name: "the value on the next line",
            text: "package:\n  name: app\n  version:\n    1.0\n  epoch: 1\n",
            expected: "package:\n  name: app\n  version:\n    2.1\n  epoch: 0\n"),
        Layout(
            name: "CR LF", text: "package:\r\n  name: app\r\n  version: 1.0\r\n  epoch: 1\r\n",
            expected: "package:\r\n  name: app\r\n  version: 2.1\r\n  epoch: 0\r\n"),
        Layout(
            name: "a byte order mark and characters of several bytes",
            text: "\u{FEFF}package: {description: \"äöü🙂\", name: app, version: \"1.0\", epoch: 1} # äöü\n",
            expected:
                "\u{FEFF}package: {description: \"äöü🙂\", name: app, version: \"2.1\", epoch: 0} # äöü\n"),
        Layout(
            name: "no newline at the end", text: "package: {name: app, epoch: 1, version: 1.0}",
            expected: "package: {name: app, epoch: 0, version: 2.1}"),
        Layout(
            name: "the version elsewhere is left",
            text: "package:\n  name: app\n  version: 1.0\n  epoch: 1\nvars:\n  x: 1.0\n  y: \"1.0\"\n",
            expected: "package:\n  name: app\n  version: 2.1\n  epoch: 0\nvars:\n  x: 1.0\n  y: \"1.0\"\n"),
        Layout(
            name: "line breaks that YAML knows and others do not",
            text: "# a\u{2028}# b\u{85}package: {name: app, version: 1.0, epoch: 1}\n",
            expected: "# a\u{2028}# b\u{85}package: {name: app, version: 2.1, epoch: 0}\n"),
    ]

    @Test(arguments: layouts)
    func versionAndEpochChangeAndNothingElse(_ layout: Layout) throws {
        var edit = try RecipeEdit(Array(layout.text.utf8), file: "app.yaml")
        try edit.set(version: "2.1", epoch: 0)
        #expect(String(decoding: try edit.text(), as: UTF8.self) == layout.expected)
    }

    @Test(arguments: [
        ("an anchor", "package: {name: app, version: &v 1.0, epoch: 1}\n"),
        ("a tag", "package: {name: app, version: !!str 1.0, epoch: 1}\n"),
        ("a block", "package:\n  name: app\n  version: >-\n    1.0\n  epoch: 1\n"),
        ("an escape", "package: {name: app, version: \"1\\x2E0\", epoch: 1}\n"),
    ])
    func whatIsWrittenOtherwiseIsRefusedWithItsPlace(_ name: String, _ text: String) throws {
        var edit = try RecipeEdit(Array(text.utf8), file: "app.yaml")
        try edit.set(version: "2.1", epoch: 0)
        let error = #expect(throws: RecipeEdit.Failure.self) { try edit.text() }
        #expect(error?.description.contains("package.version") == true, "\(name)")
    }

    @Test func aNewValueThatWouldBeReadAsMoreIsRefused() throws {
        for version in ["1.0: x", "1.0 # x", "1.0, evil: 1", "\"", "&a", "- x", "1.0\n  evil: 1"] {
            var edit = try RecipeEdit(
                Array("package: {name: app, version: 1.0, epoch: 1}\n".utf8), file: "app.yaml")
            try edit.set(version: version, epoch: 0)
            #expect(throws: RecipeEdit.Failure.self, "\(version)") { try edit.text() }
        }
    }

    @Test func aPinIsReplacedWhereverItStandsAsAValueOfItsOwn() throws {
        let (old, new) = (Self.old, Self.new)
        let text = """
            # \(old)
            vars: {sum: \(old.uppercased())}
            pipeline:
              - uses: fetch
                with:
                  uri: https://example.org/\(old)
                  expected-sha256: "\(old)"
              - runs: echo \(old)
            """
        var edit = try RecipeEdit(Array(text.utf8), file: "app.yaml")
        try edit.replace(pin: old, by: new)
        let expected =
            text.replacing("{sum: \(old.uppercased())}", with: "{sum: \(new)}").replacing(
                "\"\(old)\"", with: "\"\(new)\"")
        #expect(String(decoding: try edit.text(), as: UTF8.self) == expected)
    }

    @Test func theOtherDigestBesideItIsReplacedToo() throws {
        let (long, next) = (String(repeating: "c", count: 128), String(repeating: "d", count: 128))
        let text =
            "pipeline: [{uses: fetch, with: {expected-sha256: \(Self.old), expected-sha512: \(long)}}]\n"
        var edit = try RecipeEdit(Array(text.utf8), file: "app.yaml")
        try edit.replace(sha512Beside: Self.old, by: next)
        try edit.replace(pin: Self.old, by: Self.new)
        let expected = text.replacing(Self.old, with: Self.new).replacing(long, with: next)
        #expect(String(decoding: try edit.text(), as: UTF8.self) == expected)
    }

    @Test func onePinThatIsToBecomeTwoIsRefused() throws {
        var edit = try RecipeEdit(Array("a: \(Self.old)\n".utf8), file: "app.yaml")
        try edit.replace(pin: Self.old, by: Self.new)
        let other = String(repeating: "e", count: 64)
        let error = #expect(throws: RecipeEdit.Failure.self) { try edit.replace(pin: Self.old, by: other) }
        #expect(error?.description.contains("app.yaml:1:4") == true)
    }

    @Test func aPinThatTheRecipeDoesNotHoldIsRefused() throws {
        var edit = try RecipeEdit(Array("a: x\(Self.old)\n".utf8), file: "app.yaml")
        #expect(throws: RecipeEdit.Failure.self) { try edit.replace(pin: Self.old, by: Self.new) }
    }

    @Test func aDifferenceIsWrittenAsDiffDoes() {
        func lines(_ changed: Set<Int>) -> [UInt8] {
            Array((1...20).map { changed.contains($0) ? "new \($0)\n" : "line \($0)\n" }.joined().utf8)
        }
        #expect(LineDifference.unified(lines([]), lines([]), file: "a").isEmpty)
        #expect(
            LineDifference.unified(lines([]), lines([1, 2, 20]), file: "a").joined(separator: "|")
                == "--- a|+++ a|@@ -1,5 +1,5 @@|-line 1|-line 2|+new 1|+new 2| line 3| line 4| line 5"
                + "|@@ -17,4 +17,4 @@| line 17| line 18| line 19|-line 20|+new 20")
    }
}
