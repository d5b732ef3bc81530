// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Defining

@Suite struct FactoryConfigurationReaderTests {
    static func problems(_ text: String) -> String {
        do throws(DefinitionError) {
            _ = try FactoryConfigurationReader().read(Array(text.utf8), file: "factory.yaml")
            return ""
        } catch {
            return error.description
        }
    }

    @Test func whole() throws {
        let read = try FactoryConfigurationReader().read(
            Array(Definitions.factory.utf8), file: "factory.yaml"
        ).0
        #expect(read.destination.description == "127.0.0.1:5000/team")
        #expect(try read.destination.reference(to: "redis").description == "127.0.0.1:5000/team/redis")
        #expect(read.interval == 300)
        #expect(read.key.value == "slipway.key")
        #expect(read.images.map(\.value.definition) == ["redis/image.yaml", "static.yaml"])
        #expect(read.images[0].value.tags.map(\.name) == ["8", "latest"])
        #expect(
            read.images[0].value.gates
                == .init(
                    maxSize: 40_000_000, noSetuid: true, noShell: true, findings: .known,
                    allowUntested: [.arm64]))
        #expect(read.images[1].value.gates == .init())
    }

    @Test func bareRegistry() throws {
        let text = Definitions.factory.replacing("127.0.0.1:5000/team", with: "localhost:5000")
        let read = try FactoryConfigurationReader().read(Array(text.utf8), file: "f").0
        #expect(try read.destination.reference(to: "redis").description == "localhost:5000/redis")
    }

    @Test(arguments: [
        ("destination: team", "destination: hub", "names no registry"),
        ("tag in the destination", "destination: 127.0.0.1:5000/team:1", "tags belong under"),
        ("upper case", "destination: 127.0.0.1:5000/Team", "not a repository name"),
        ("interval", "interval: soon", "write a time as in"),
        ("interval of nothing", "interval: 0s", "must be from 1 to 86400"),
        ("no images", "images: []", "name at least one image"),
        (
            "unknown gate", "images: [{definition: a, tags: [b], gates: {max-sise: 1}}]",
            "did you mean 'max-size'?"
        ),
        (
            "tests cannot be switched off", "images: [{definition: a, tags: [b], gates: {tests: optional}}]",
            "use one of required"
        ),
        ("bad tag", "images: [{definition: a, tags: [-b]}]", "is not a tag"),
        ("no tag", "images: [{definition: a, tags: []}]", "name at least one tag"),
        ("size", "images: [{definition: a, tags: [b], gates: {max-size: big}}]", "write a size"),
        ("packages without a key", "packages: {repository: p, recipes: [r]}", "'key'"),
        (
            "packages without recipes", "packages: {repository: p, key: k, recipes: []}",
            "name at least one recipe"
        ),
        ("a suite without its key", "packages: {repository: p, deb: {suite: s}, recipes: [r]}", "'gpg-key'"),
        (
            "a time for upstream",
            "packages: {repository: p, key: k, recipes: [r], upstream-interval: often}",
            "write a time as in"
        ),
        ("image twice", "images: [{definition: a, tags: [b]}, {definition: a, tags: [c]}]", "named twice"),
    ]) func mistake(_ name: String, _ line: String, _ says: String) {
        let key = line.prefix { $0 != ":" }
        let lines = ["destination: 127.0.0.1:5000/x", "key: k", "images: [{definition: a, tags: [b]}]"]
        let text = (lines.filter { !$0.hasPrefix(key) } + [line]).joined(separator: "\n")
        #expect(Self.problems(text).contains(says), "\(name): \(Self.problems(text))")
    }

    @Test func packagesAlone() throws {
        let text = """
            destination: 127.0.0.1:5000/x
            key: k
            packages:
              repository: out
              key: own.rsa
              deb: {gpg-key: me@example.org, gpg-home: gnupg}
              recipes: [recipes, more/app.yaml]
              pipelines: [pipelines]
              upstream-interval: 2h
            """
        let (read, diagnostics) = try FactoryConfigurationReader().read(Array(text.utf8), file: "f")
        let packages = try #require(read.packages)
        #expect(diagnostics.isEmpty && read.images.isEmpty)
        guard case .apk(let key) = packages.forms[0] else { throw DefinitionError([]) }
        #expect(key.value == "own.rsa")
        #expect(packages.forms[1] == .deb(suite: "stable", key: "me@example.org", home: "gnupg"))
        #expect(packages.recipes.map(\.value) == ["recipes", "more/app.yaml"])
        #expect(packages.pipelines == ["pipelines"] && packages.upstreamInterval == 7200)
    }
}
