// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

@testable import Resolving

@Suite struct AlpineLockTests {
    private static let world = """
        app 1.0-r1; depends: so:libx.so.1>=1 cmd:sh; origin: app-source; url: https://app.example.org; maintainer: A <a@example.org>; installed-size: 3072; license: MIT
        libx 1.5+x_p1-r0; provides: so:libx.so.1=1.5; arch: noarch
        shell 1; provides: cmd:sh=1
        docs 1
        app-doc 1.0-r1; install-if: app=1.0-r1 docs
        """

    @Test func writesDownEverything() throws {
        let resolution = try ResolvingHouse.alpine("app docs app>=1 !other", in: [Self.world])
        let lock = try ResolvingHouse.lock(resolution)
        let packages = lock.content.architectures[0].packages
        #expect(lock.content.architectures[0].family == .alpine)
        #expect(packages.map(\.name.text) == ["app", "app-doc", "docs", "libx", "shell"])
        let app = packages[0]
        #expect(app.version == "1.0-r1")
        #expect(app.architecture == "x86_64")
        #expect(app.sourceName.text == "app-source")
        #expect(app.sourceVersion == "1.0-r1")
        #expect(app.homepage == "https://app.example.org")
        #expect(app.maintainer == "A <a@example.org>")
        #expect(app.license == "MIT")
        #expect(app.installedSize == Int64(3072))
        #expect(app.size == 1000)
        let checksum = AlpineWorld.checksum("app-1.0-r1-x86_64")
        #expect(app.checksum == checksum)
        #expect(app.digest == ContentHasher.digest(of: checksum))
        #expect(app.requestedBy == ["app", "app>=1"])
        #expect(
            app.edges.map { "\($0.kind.rawValue) \($0.relation) -> \($0.to)" } == [
                "depends so:libx.so.1>=1 -> libx", "depends cmd:sh -> shell",
                "install-if app=1.0-r1 docs -> app-doc",
            ])
        #expect(packages[2].edges.map(\.to.text) == ["app-doc"])
        #expect(packages[1].requestedBy.isEmpty)
        #expect(packages[3].architecture == "noarch")
        #expect(resolution.diagnostics.isEmpty)
        let bytes = try CanonicalJSON.encode(lock)
        #expect(try CanonicalJSON.decode(Lock.self, from: bytes, what: "lock") == lock)
    }

    @Test func theFilesThatNobodyKnowsYetAreNamed() throws {
        let resolution = try ResolvingHouse.alpine(
            "libx", in: [Self.world, "libx 1.5+x_p1-r0; arch: noarch; provides: so:libx.so.1=1.5"])
        let checksum = AlpineWorld.checksum("libx-1.5+x_p1-r0-noarch")
        let places = [0, 1].map { "https://apk.example.org/\($0)/x86_64/libx-1.5%2Bx_p1-r0.apk" }
        #expect(
            resolution.unpinned == [
                UnpinnedPackage(
                    name: try #require(PackageName("libx")), version: "1.5+x_p1-r0", checksum: checksum,
                    size: 1000,
                    places: places)
            ])
        #expect(throws: ResolutionError.self) { try resolution.lock() }
        let file = PackagePins.File(digest: ContentHasher.digest(of: "file"), size: 1001)
        let lock = try resolution.lock(pinning: PackagePins(files: [checksum: file]))
        #expect(lock.content.architectures[0].packages.map(\.digest) == [file.digest])
        #expect(lock.content.architectures[0].packages.map(\.size) == [1001])
        #expect(lock.witness.places == [file.digest.description: places])
        #expect(PackagePins(of: lock.content).files == [checksum: file])
    }

    @Test func architecturesHaveTheirOwnVersions() throws {
        var definition = ResolvingHouse.alpine("a")
        definition.architectures = [.amd64, .arm64]
        let snapshot = AlpineWorld.snapshot(
            0,
            [
                (.amd64, try AlpineWorld.parse("a 1\na 2\nn 1; arch: noarch")),
                (.arm64, try AlpineWorld.parse("a 1; arch: aarch64; depends: n\nn 1; arch: noarch")),
            ])
        let resolution = try Resolver().resolution(of: definition, snapshots: [snapshot])
        let lock = try ResolvingHouse.lock(resolution)
        #expect(lock.content.architectures.map { $0.packages.map(\.version) } == [["2"], ["1", "1"]])
        #expect(
            lock.witness.places.values.flatMap { $0 }.sorted() == [
                "https://apk.example.org/0/aarch64/a-1.apk", "https://apk.example.org/0/aarch64/n-1.apk",
                "https://apk.example.org/0/x86_64/a-2.apk",
            ])
    }

    @Test func onlyPlacesWhoseTagWasAskedForAreNamed() throws {
        let worlds = ["a 1", "@edge:a 1\nb 1", "@old:a 1"]
        func places(_ requests: String) throws -> [String] {
            try ResolvingHouse.alpine(requests, in: worlds).unpinned.flatMap(\.places)
        }
        #expect(try places("a") == ["https://apk.example.org/0/x86_64/a-1.apk"])
        #expect(
            try places("a@edge") == [
                "https://apk.example.org/0/x86_64/a-1.apk", "https://apk.example.org/1/x86_64/a-1.apk",
            ])
    }

    private func warnings(_ requests: String, in worlds: String...) throws -> [String] {
        try ResolvingHouse.alpine(requests, in: worlds).diagnostics.map {
            "\($0.code.rawValue): \($0.message)"
        }
    }

    @Test func tellsWhatWasDecidedWithoutAReason() throws {
        #expect(
            try warnings("a", in: "a 1; depends: x\nc 1; provides: x=1\nb 1; provides: x=1") == [
                "provider-guessed: 'b' was taken for 'x' of a, equally good would be c; name one in contents.packages"
            ])
        #expect(try warnings("a c", in: "a 1; depends: x\nc 1; provides: x=1\nb 1; provides: x=1").isEmpty)
        #expect(
            try warnings("a", in: "a 1", "a 1; checksum: Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=") == [
                "package-disputed: 'https://apk.example.org/0' and 'https://apk.example.org/1' have different files as "
                    + "a 1; the first one's is taken"
            ])
        #expect(
            try warnings("a@edge", in: "a 1", "@edge:b 1") == [
                "tag-without-effect: no repository tagged @edge has what 'a@edge' asks for; a 1 comes from "
                    + "'https://apk.example.org/0'"
            ])
        #expect(
            try warnings("a b", in: "a 1\nb 1\nq 1; install-if: a=1 b; depends: nowhere") == [
                "install-if-left-out: 'q' would come by itself (a=1 b), but cannot be had beside the rest"
            ])
        #expect(try warnings("a b !q", in: "a 1\nb 1\nq 1; install-if: a=1 b; depends: nowhere").isEmpty)
    }

    /// What would have to change for another answer, the names that are not there included.
    @Test func remembersWhatItConsulted() throws {
        let consulted = try ResolvingHouse.alpine(
            "a !gone",
            in: ["a 1; depends: b !other; provides: x\nb 1\nunrelated 1\nq 1; install-if: a=1 missing"]
        ).consulted
        #expect(consulted == ["a", "b", "x", "other", "gone", "missing"])
    }

    /// A package that comes by itself is news for whoever has what it stands beside.
    @Test func theDifferenceOfIndexesMeetsTheNames() throws {
        let old = try AlpineWorld.parse("a 1\nb 1; provides: so:y=1\nz 1")
        let consulted = try ResolvingHouse.alpine("a b", in: ["a 1\nb 1; provides: so:y=1\nz 1"]).consulted
        let new = try AlpineWorld.parse("a 1\nb 1; provides: so:y=1\nz 1\nq 1; install-if: so:y=1 a")
        #expect(!consulted.isDisjoint(with: new.names(differingFrom: old)))
        let other = try AlpineWorld.parse(
            "a 1\nb 1; provides: so:y=1\nz 2; provides: w=1\nq 1; install-if: z=2 w")
        #expect(consulted.isDisjoint(with: other.names(differingFrom: old)))
    }

    @Test func explainsALock() throws {
        let definition = ResolvingHouse.alpine("app docs")
        let lock = try ResolvingHouse.lock(ResolvingHouse.alpine("app docs", in: [Self.world]))
        let explanation = Explanation(lock.content.architectures[0], definition: definition)
        #expect(
            explanation.why(try #require(PackageName("app-doc"))).description == """
                app-doc 1.0-r1 is in the image
                  image.yaml:10:7: asks for app
                    app 1.0-r1
                    app-doc 1.0-r1 (comes with app=1.0-r1 docs)
                  image.yaml:11:7: asks for docs
                    docs 1
                    app-doc 1.0-r1 (comes with app=1.0-r1 docs)

                """)
        let tree = explanation.tree().map { String(repeating: " ", count: $0.depth) + $0.name.text }
        #expect(tree == ["app", " libx", " shell", " app-doc", "docs", " app-doc"])
    }
}
