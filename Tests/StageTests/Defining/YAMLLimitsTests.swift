// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Defining

/// Documents that are made to cost more than they look.
@Suite struct YAMLLimitsTests {
    @Test func billionLaughs() {
        var text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1...9 {
            let items = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(items)]\n"
        }
        #expect(
            Definitions.problems(text)
                == "3:45: the number of aliases ('*name'): more than 16, which is the most that is read")
    }

    @Test func fewAliasesThatStillGrow() {
        var text = "a0: &a0 [" + Array(repeating: "x", count: 100).joined(separator: ", ") + "]\n"
        for level in 1...5 {
            text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n"
        }
        #expect(Definitions.problems(text).contains("aliases written out: more than 20000"))
    }

    @Test func aliasesAsKeysAreNotHashedForEver() {
        var text = "a0: &a0 [" + Array(repeating: "x", count: 100).joined(separator: ", ") + "]\n"
        for level in 1...5 {
            text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n"
        }
        #expect(!Definitions.problems(text + "? *a5\n: x\n").isEmpty)
    }

    @Test func aliasOnceIsFine() throws {
        let definition = try Definitions.read("cmd: &c a b\nentrypoint: *c\n")
        #expect(definition.process.entrypoint == ["a", "b"])
    }

    @Test func starsInTextAreNoAliases() throws {
        let lines = (0..<50).map { "      # *.conf ** * a *b* /*c */" + " \($0)" }.joined(separator: "\n")
        let definition = try Definitions.read("files:\n  - path: /a\n    content: |\n\(lines)\n")
        #expect(definition.files.count == 1)
    }

    @Test(arguments: ["[", "{a: ", "- ", "? ", "[[{a: ["]) func deepNesting(_ opener: String) {
        for depth in [40, 900, 5_000, 100_000] {
            let text = "cmd:\n  " + String(repeating: opener, count: depth)
            #expect(!Definitions.problems(text).isEmpty, "\(opener) \(depth)")
        }
    }

    @Test func closedDeepNesting() {
        let text = "cmd: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        #expect(
            Definitions.problems(text)
                == "1:37: the depth of nested values: more than 32, which is the most that is read")
    }

    @Test func tooManyValues() {
        let text = "contents: {packages: [" + String(repeating: "a,", count: 30_000) + "]}"
        #expect(Definitions.problems(text).contains("aliases written out: more than 20000"))
    }

    @Test func tooLarge() {
        let text = "cmd: " + String(repeating: "a", count: 600 << 10)
        #expect(Definitions.problems(text).hasPrefix("1:1: the file's size in bytes: more than 524288"))
    }

    @Test func byteOrderMarkIsSkippedAndOtherEncodingsAreNamed() throws {
        let reader = DefinitionReader()
        #expect(
            try reader.read([0xEF, 0xBB, 0xBF] + Array("cmd: a".utf8), file: "f").definition.process.cmd == [
                "a"
            ])
        let utf16: [UInt8] = [0xFF, 0xFE] + "cmd: a".utf8.flatMap { [$0, 0] }
        let error = #expect(throws: DefinitionError.self) { try reader.read(utf16, file: "f") }
        #expect(error?.description == "f:1:1: a byte that is not UTF-8; save the file as UTF-8")
        let broken = #expect(throws: DefinitionError.self) {
            try reader.read(Array("cmd: a\nx: é".utf8).dropLast() + [0x41], file: "f")
        }
        #expect(broken?.problems.first?.location.description == "f:2:4")
    }
}
