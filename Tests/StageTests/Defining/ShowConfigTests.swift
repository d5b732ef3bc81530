// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import TestHouse
import Testing
import Vocabulary

@testable import Defining

/// What `show-config` prints is read as the same definition again.
@Suite struct ShowConfigTests {
    /// All of a definition but where it was read.
    static func meaning(_ definition: ImageDefinition) -> ImageDefinition {
        func placeless<Value>(_ values: [Located<Value>]) -> [Located<Value>] {
            values.map { Located($0.value, at: .nowhere) }
        }
        var definition = definition
        definition.digest = ContentHasher.digest(of: [])
        definition.contents.buildRepositories = placeless(definition.contents.buildRepositories)
        definition.contents.repositories = placeless(definition.contents.repositories)
        definition.contents.runtimeRepositories = placeless(definition.contents.runtimeRepositories)
        definition.contents.keyring = placeless(definition.contents.keyring)
        definition.contents.runtimeKeyring = placeless(definition.contents.runtimeKeyring)
        definition.contents.packages = placeless(definition.contents.packages)
        definition.contents.keep = placeless(definition.contents.keep)
        definition.contents.drop = placeless(definition.contents.drop)
        definition.contents.baseImage = definition.contents.baseImage.map { Located($0.value, at: .nowhere) }
        definition.accounts.runAs = definition.accounts.runAs.map { Located($0.value, at: .nowhere) }
        definition.accounts.users = placeless(definition.accounts.users)
        definition.accounts.groups = placeless(definition.accounts.groups)
        definition.paths = placeless(definition.paths)
        definition.files = placeless(definition.files)
        definition.certificates.additional = placeless(definition.certificates.additional)
        definition.certificates.providers = placeless(definition.certificates.providers)
        definition.tests = placeless(definition.tests)
        return definition
    }

    static func expectRoundTrip(_ bytes: [UInt8], file: String) throws {
        let definition = try DefinitionReader().read(bytes, file: file).definition
        for shown in [definition.yaml, try CanonicalJSON.encode(definition.json)] {
            let again = try DefinitionReader().read(shown, file: file).definition
            #expect(meaning(again) == meaning(definition), "\(file)")
            #expect(again.yaml == definition.yaml, "\(file)")
        }
    }

    @Test(arguments: [
        Definitions.complete, Definitions.alpine, "cmd: a", "archs: [armhf]",
        "entrypoint: {command: /bin/s6-svscan /sv, services: {a: b}}", "entrypoint: {services: {a: b}}",
        "entrypoint: {type: service-bundle}", "entrypoint: [\"a b\", \"\", \"it's\", \"c\\nd\"]",
        "files: [{path: /a, content: ''}]", "environment: {A: '', B: ~, C: 'true', D: '0x1', E: \" x\"}",
        "contents: {baseimage: {image: a, apkindex: b}}", "layering: {}",
        "contents: {repositories: [deb system trixie main]}\narchs: [armhf, ppc64el]",
        "contents: {repositories: [./a]}\narchs: [armhf, ppc64le]",
    ]) func definition(_ text: String) throws {
        try Self.expectRoundTrip(Array(text.utf8), file: "some/image.yaml")
    }

    static let examples = "\(#filePath.split(separator: "/").dropLast(4).map { "/\($0)" }.joined())/Examples"

    @Test func everyExample() throws {
        var count = 0
        for folder in try FileManager.default.contentsOfDirectory(atPath: Self.examples).sorted() {
            let path = "\(Self.examples)/\(folder)/image.yaml"
            guard let bytes = FileManager.default.contents(atPath: path) else { continue }
            try Self.expectRoundTrip(Array(bytes), file: path)
            let tree = try #require(try YAMLDocument(file: path).compose(Array(bytes)))
            #expect(LanguageSchemaTests.check.problems(tree.json) == [], "\(path)")
            count += 1
        }
        #expect(count >= 4)
    }

    static let fixtures = "../shared/fixtures"
    static let isHere = FileManager.default.fileExists(atPath: fixtures)

    /// Definitions in real use: apko's own, and those of a large collection of images.
    @Test(.enabled(if: isHere, "needs ../shared/fixtures")) func everyDefinitionInRealUse() throws {
        var count = 0
        for folder in ["apk/apko-cli", "definitions/chainguard-images-2024-06"] {
            for name in try FileManager.default.contentsOfDirectory(atPath: "\(Self.fixtures)/\(folder)")
                .sorted()
            where name.hasSuffix(".yaml") && !name.contains("melange") {
                let bytes = Array(
                    try #require(FileManager.default.contents(atPath: "\(Self.fixtures)/\(folder)/\(name)")))
                try Self.expectRoundTrip(bytes, file: name)
                let tree = try #require(try YAMLDocument(file: name).compose(bytes))
                #expect(LanguageSchemaTests.check.problems(tree.json) == [], "\(name)")
                count += 1
            }
        }
        #expect(count == 47)
    }

    /// The configurations that a collection's tools wrote, every default in them: JSON inside of JSON.
    @Test(.enabled(if: isHere, "needs ../shared/fixtures")) func everyLockedConfiguration() throws {
        var count = 0
        let folder = "\(Self.fixtures)/definitions/locked"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            let bytes = Array(try #require(FileManager.default.contents(atPath: "\(folder)/\(name)")))
            let file: JSONValue = try CanonicalJSON.decode(from: bytes, what: name, limit: 16 << 20)
            for image in try #require(file["imageLocks"]?.object).values {
                for kind in ["configs", "devConfigs"] {
                    for text in (image[kind]?.object ?? [:]).values.compactMap(\.string) {
                        let locked: JSONValue = try CanonicalJSON.decode(from: Array(text.utf8), what: name)
                        let bytes = try CanonicalJSON.encode(locked["config"] ?? .null)
                        try Self.expectRoundTrip(bytes, file: name)
                        count += 1
                    }
                }
            }
        }
        #expect(count > 30, "\(count)")
    }
}

@Suite struct YAMLTextTests {
    static let pieces = [
        "a", "B", "0", "1", "-", ":", " ", "  ", "#", "\n", "\n\n", "\t", "'", "\"", "\\", "|", ">", "&", "*",
        "!",
        "%", "@", "`", "{", "}", "[", "]", ",", "?", "~", "null", "true", "no", "0x1", "0o7", "1e3", "é",
        "日本",
        "\u{85}", "\u{2028}", "\u{301}", "\r\n", "\r", "---", "...", "<<", "=", "/", ".", "🚢",
    ]

    private static func text(_ random: inout SmallRandom) -> String {
        (0..<random.below(6)).map { _ in pieces[random.below(pieces.count)] }.joined()
    }

    private static func node(_ random: inout SmallRandom, depth: Int) -> YAMLNode {
        let content: YAMLNode.Content
        switch depth > 3 ? random.below(3) : random.below(6) {
        case 0, 1: content = .scalar(text(&random), plain: false)
        case 2: content = .scalar(["5", "0o755", "true", "null", "-3"][random.below(5)], plain: true)
        case 3: content = .sequence((0..<random.below(4)).map { _ in node(&random, depth: depth + 1) })
        default:
            var names: Set<String> = []
            content = .mapping(
                (0..<random.below(4)).compactMap { _ in
                    let name = text(&random)
                    guard name != "<<", names.insert(name).inserted else { return nil }
                    return .init(key: name, place: .nowhere, value: node(&random, depth: depth + 1))
                })
        }
        return YAMLNode(content: content, location: .nowhere)
    }

    /// Trees of texts that YAML has other uses for.
    @Test func isReadAsWritten() throws {
        var random = SmallRandom(seed: 5)
        for number in 0..<1_500 {
            let node = Self.node(&random, depth: 0)
            let text = YAMLText.text(of: node)
            let again = try #require(
                try YAMLDocument(file: "f").compose(Array(text.utf8)), "\(number): \(text)")
            #expect(again.json == node.json, "\(number): \(text)")
        }
    }

    @Test func wordsForAShell() throws {
        var random = SmallRandom(seed: 6)
        for _ in 0..<500 {
            let words = (0..<random.below(5)).map { _ in Self.text(&random) }
            #expect(try ShellWords.split(ShellWords.join(words)) == words)
        }
    }
}
