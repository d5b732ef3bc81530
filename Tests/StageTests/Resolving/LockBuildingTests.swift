// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

@testable import Resolving

@Suite struct LockBuildingTests {
    private static let world = """
        app 2:1.0-1; pre-depends: lib (>= 1); depends: data | other, lib:any | lib; source: app-source (2:1.0); homepage: https://app.example.org; maintainer: A <a@example.org>; installed-size: 3
        lib 1.5+x~1; multi-arch: allowed
        data 1; arch: all
        """

    @Test func writesDownEverything() throws {
        let resolution = try ResolvingHouse.resolve("app>=2:1 app data", in: Self.world)
        let lock = resolution.lock.content.architectures[0]
        #expect(lock.architecture == .amd64)
        #expect(lock.family == .debian)
        #expect(lock.packages.map(\.name.text) == ["app", "data", "lib"])
        let app = lock.packages[0]
        #expect(app.version == "2:1.0-1")
        #expect(app.architecture == "amd64")
        #expect(app.role == .installed)
        #expect(app.sourceName.text == "app-source")
        #expect(app.sourceVersion == "2:1.0")
        #expect(app.homepage == "https://app.example.org")
        #expect(app.maintainer == "A <a@example.org>")
        #expect(app.installedSize == Int64(3072))
        #expect(app.size == 1000)
        #expect(app.digest == ContentHasher.digest(of: "app_2:1.0-1_amd64"))
        #expect(app.requestedBy == ["app>=2:1", "app"])
        #expect(
            app.edges.map { "\($0.kind.rawValue) \($0.relation) -> \($0.to)" } == [
                "pre-depends lib (>= 1) -> lib", "depends data | other -> data",
                "depends lib:any | lib -> lib",
            ])
        #expect(lock.packages[1].architecture == "all")
        #expect(lock.packages[1].requestedBy == ["data"])
        #expect(lock.packages[2].requestedBy.isEmpty)
        #expect(lock.packages[2].sourceName.text == "lib")
        #expect(resolution.lock.content.definition == ContentHasher.digest(of: "app>=2:1 app data"))
    }

    @Test func placesAreWholeURLsOfEveryRepositoryThatHasTheFile() throws {
        let resolution = try ResolvingHouse.resolve("lib", in: Self.world, "lib 1.5+x~1; multi-arch: allowed")
        let digest = ContentHasher.digest(of: "lib_1.5+x~1_amd64").description
        #expect(
            resolution.lock.witness.places == [
                digest: [
                    "https://deb.example.org/0/pool/main/l/lib/lib_1.5%2Bx~1_amd64.deb",
                    "https://deb.example.org/1/pool/main/l/lib/lib_1.5%2Bx~1_amd64.deb",
                ]
            ])
        #expect(
            resolution.lock.witness.repositories.map(\.url) == [
                "https://deb.example.org/0/", "https://deb.example.org/1/",
            ])
        #expect(resolution.diagnostics.isEmpty)
    }

    @Test func twoFilesUnderOneNameAreToldAndTheFirstIsTaken() throws {
        let other = String(repeating: "ab", count: 32)
        let resolution = try ResolvingHouse.resolve("a", in: "a 1", "a 1; sha256: \(other)")
        #expect(
            resolution.lock.content.architectures[0].packages[0].digest
                == ContentHasher.digest(of: "a_1_amd64"))
        #expect(resolution.diagnostics.map(\.code.rawValue) == ["package-disputed"])
        #expect(resolution.lock.witness.places.values.map(\.count) == [1])
    }

    /// What the second repository says of its other file is not true of the first one's.
    @Test func anotherFileLendsNoProvides() throws {
        let other = String(repeating: "ab", count: 32)
        #expect(throws: ResolutionError.self) {
            try ResolvingHouse.resolve("a", in: "a 1; depends: x\nb 1", "b 1; provides: x; sha256: \(other)")
        }
    }

    @Test func severalArchitecturesInOneLock() throws {
        var definition = ResolvingHouse.definition("a")
        definition.architectures = [.amd64, .arm64]
        let text = "a 1; depends: b\nb 1; arch: all\na 2; arch: arm64\nonly 1"
        var snapshots = try ResolvingHouse.snapshots([text])
        snapshots[0].indexes.append(
            .init(architecture: .arm64, packages: try PackageWorld.parse(text)))
        let (lock, _) = try Resolver(debian: .none).resolve(definition, snapshots: snapshots)
        #expect(lock.content.architectures.map(\.architecture) == [.amd64, .arm64])
        #expect(lock.content.architectures[0].packages.map(\.version) == ["1", "1"])
        #expect(lock.content.architectures[1].packages.map(\.version) == ["2"])
        #expect(lock.witness.places.count == 3)
    }

    @Test func aLockSurvivesItsFile() throws {
        let lock = try ResolvingHouse.resolve("app", in: Self.world).lock
        let bytes = try CanonicalJSON.encode(lock)
        #expect(try CanonicalJSON.decode(Lock.self, from: bytes, what: "lock") == lock)
    }
}
