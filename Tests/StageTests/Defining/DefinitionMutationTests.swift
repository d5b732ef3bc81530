// SPDX-License-Identifier: Apache-2.0

import Defining
import FoundationEssentials
import TestHouse
import Testing
import Vocabulary

/// Thousands of damaged definitions: each is read or refused with places inside the file, none ends the process.
@Suite struct DefinitionMutationTests {
    static let tokens = [
        "*a", "&a ", "[", "]", "{", "}", "\"", "'", "\t", "\u{0}", "\u{FEFF}", "<<: ", "? ", "- - - ",
        "!!str ", "|\n",
        ">\n", "---\n", "...\n", "%YAML 1.1\n", ": ", "#", "\r", "\u{85}", "~", "null", "0o7777777", "-1",
        "1e9",
        "99999999999999999999", "deb [", "é", "\u{2028}", "@", "`", "\\", "- &a [*a]\n", "../", "contents:",
        "\n",
    ]

    /// Reads it as both kinds of file; the number of refusals.
    static func check(_ bytes: [UInt8]) -> Int {
        var refused = 0
        let lines = bytes.count { $0 == 0x0A || $0 == 0x0D || $0 == 0x85 || $0 == 0xA8 || $0 == 0xA9 } + 2
        func inspect(_ error: DefinitionError) {
            refused += 1
            for problem in error.problems {
                let inside =
                    problem.location.file == "f.yaml" && (1...lines).contains(problem.location.line)
                    && problem.location.column >= 1
                #expect(inside, "\(problem) in \(String(decoding: bytes, as: UTF8.self))")
            }
        }
        do throws(DefinitionError) { _ = try DefinitionReader().read(bytes, file: "f.yaml") } catch {
            inspect(error)
        }
        do throws(DefinitionError) {
            _ = try FactoryConfigurationReader().read(bytes, file: "f.yaml")
        } catch { inspect(error) }
        return refused
    }

    @Test func damagedDefinitions() {
        var refused = 0
        for bytes in Mutations(
            of: Array(Definitions.complete.utf8), tokens: Self.tokens, count: 2_000, seed: 21)
        {
            refused += Self.check(bytes)
        }
        #expect(refused > 2_500, "\(refused)")
    }

    @Test func damagedAlpineDefinitions() {
        var refused = 0
        let tokens =
            Self.tokens + [
                "include: ", "@edge ", "!", "<~", "><", "service-bundle", "shell-fragment: ", "baseimage: ",
                "archs: [armhf]", "deb system trixie main", "0", "\"\"", "[]", "{}",
            ]
        for bytes in Mutations(of: Array(Definitions.alpine.utf8), tokens: tokens, count: 2_000, seed: 23) {
            refused += Self.check(bytes)
        }
        #expect(refused > 2_500, "\(refused)")
    }

    @Test func damagedFactories() {
        var refused = 0
        for bytes in Mutations(
            of: Array(Definitions.factory.utf8), tokens: Self.tokens, count: 1_000, seed: 22)
        {
            refused += Self.check(bytes)
        }
        #expect(refused > 1_500, "\(refused)")
    }

    static let corpus = "../shared/fixtures/definitions/chainguard-images-2024-06"
    static var isHere: Bool { FileManager.default.fileExists(atPath: corpus) }

    @Test(.enabled(if: isHere, "needs ../shared/fixtures")) func definitionsInRealUseDamaged() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.corpus).sorted()
        #expect(files.count == 40)
        for (number, file) in files.enumerated() {
            let bytes = Array(try #require(FileManager.default.contents(atPath: "\(Self.corpus)/\(file)")))
            for mutation in Mutations(of: bytes, tokens: Self.tokens, count: 50, seed: UInt64(number)) {
                _ = Self.check(mutation)
            }
        }
    }
}
