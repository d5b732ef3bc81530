// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Storage
import TestHouse
import Testing
import Vocabulary

@testable import Pipeline

/// apko's own lock becomes Slipway's, and Slipway's becomes apko's.
@Suite struct ApkoLockConversionTests {
    static let folder = "\(FileManager.default.currentDirectoryPath)/../shared/fixtures/apk/apko-cli"
    static let isHere = FileManager.default.fileExists(atPath: folder)

    /// apko's test definition with its packages, as apko's tests see them.
    private struct Scene {
        let scratch: Scratch
        let store: ContentStore
        var path: HostPath { HostPath("\(scratch.path)/apko.yaml") }

        init() throws {
            scratch = try Scratch()
            try scratch.sh(
                "cp '\(folder)'/apko.yaml '\(folder)'/apko.lock.json .; ln -s '\(folder)' testdata")
            store = try ContentStore(at: HostPath("\(scratch.path)/store"), .disposable)
        }

        func file() throws -> DefinitionFile { try DefinitionFile(path, store: store) }

        /// What fetching would find.
        func pins(_ reader: ApkoLockReader) throws -> PackagePins {
            var pins = PackagePins()
            for package in try reader.unpinned() {
                let place = try #require(package.places.first)
                #expect(place.hasPrefix("file:///"))
                let bytes = try HostDirectory.read(HostPath(place.dropFirst("file://".count)), limit: 1 << 20)
                #expect(Int64(bytes.count) == package.size)
                pins.files[package.checksum] = .init(digest: try store.write(bytes), size: package.size)
            }
            return pins
        }
    }

    /// There and back again is apko's own file, byte for byte.
    @Test(.enabled(if: isHere, "needs ../shared/fixtures")) func thereAndBack() throws {
        let scene = try Scene()
        let file = try scene.file()
        let apko = try #require(try file.storedApkoLock())
        let reader = ApkoLockReader(file: file, apko: apko, path: file.lockPath)
        #expect(try reader.check().map(\.code.rawValue) == ["apko-lock"])
        let lock = try reader.lock(try scene.pins(reader), packages: scene.store)
        #expect(lock.content.architectures.map(\.architecture) == [.amd64, .arm64])
        let package = try #require(lock.content.architectures[0].packages.last)
        #expect(package.name.text == "replayout" && package.version == "1.0.0-r0" && package.license == "MIT")
        #expect(
            package.edges == [
                .init(.depends, "pretend-baselayout", to: try #require(PackageName("pretend-baselayout")))
            ])
        #expect(package.requestedBy == ["replayout"])
        let key = String(decoding: try scene.scratch.sh("cat testdata/melange.rsa.pub"), as: UTF8.self)
        let writer = ApkoLockWriter(
            file: file, packages: scene.store, keys: ["./testdata/melange.rsa.pub": key])
        var written = try writer.lock(lock)
        #expect(written.config?.name == scene.path.text)
        written.config?.name = "apko.yaml"
        #expect(written.encode() == (try scene.scratch.read("apko.lock.json")))
    }

    /// What lies beside the definition is used as it is: no repository is asked.
    @Test(.enabled(if: isHere, "needs ../shared/fixtures")) func theProgramTakesIt() throws {
        let scene = try Scene()
        // As a repository that has moved on: the packages are there, and no index names them.
        try scene.scratch.sh(
            "rm testdata; cp -r '\(Self.folder)' testdata; rm testdata/packages/*/APKINDEX.tar.gz")
        let tree = try SlipwayProgram.run(["tree", "apko.yaml", "--arch", "arm64"], in: scene.scratch.path)
        #expect(tree.exit == 0, "\(tree.stderr)")
        #expect(
            tree.text.contains("replayout 1.0.0-r0\n") && tree.text.contains("  pretend-baselayout 1.0.0-r0"))
        try scene.scratch.sh("echo x >>testdata/packages/aarch64/replayout-1.0.0-r0.apk; rm -r .cache")
        let damaged = try SlipwayProgram.run(
            ["tree", "apko.yaml", "--arch", "arm64"], in: scene.scratch.path)
        #expect(damaged.exit == 1 && damaged.stderr.contains("replayout"), "\(damaged.stderr)")
        try scene.scratch.sh("echo '# changed' >>apko.yaml")
        let stale = try SlipwayProgram.run(["tree", "apko.yaml"], in: scene.scratch.path)
        #expect(stale.exit == 1)
        #expect(
            stale.stderr.contains("apko's lock 'apko.lock.json' holds for another text"), "\(stale.stderr)")
    }

    @Test(.enabled(if: isHere, "needs ../shared/fixtures")) func ofAnotherText() throws {
        let scene = try Scene()
        try scene.scratch.sh("echo '# changed' >>apko.yaml")
        let file = try scene.file()
        let reader = ApkoLockReader(
            file: file, apko: try #require(try file.storedApkoLock()), path: file.lockPath)
        #expect(throws: PipelineError.apkoLockIsStale(file.lockPath, definition: file.path)) {
            try reader.check()
        }
    }

    @Test(.enabled(if: isHere, "needs ../shared/fixtures")) func withoutAnArchitecture() throws {
        let scene = try Scene()
        try scene.scratch.sh(
            "sed -i 's/aarch64/s390x/' apko.yaml; sed -i '/checksum.*sha256-eal7/d' apko.lock.json")
        try scene.scratch.sh("sed -i 's/\"name\": \"apko.yaml\",/\"name\": \"apko.yaml\"/' apko.lock.json")
        let file = try scene.file()
        let reader = ApkoLockReader(
            file: file, apko: try #require(try file.storedApkoLock()), path: file.lockPath)
        let error = #expect(throws: PipelineError.self) { try reader.check() }
        #expect(error?.description.contains("it has no packages for s390x") == true)
    }

    /// Before apko 0.13 a lock did not say of what it was.
    @Test(.enabled(if: isHere, "needs ../shared/fixtures")) func anOldOne() throws {
        let scene = try Scene()
        try scene.scratch.sh("cp testdata/apko.pre-0.13.lock.json apko.lock.json")
        let file = try scene.file()
        let reader = ApkoLockReader(
            file: file, apko: try #require(try file.storedApkoLock()), path: file.lockPath)
        #expect(try reader.check().map(\.code.rawValue) == ["apko-lock", "apko-lock-unchecked"])
        #expect(try reader.unpinned().map(\.size).count == 4)
    }

    /// Slipway's own lock at the same place is not taken for apko's.
    @Test func slipwaysOwn() throws {
        let scratch = try Scratch()
        let store = try ContentStore(at: HostPath("\(scratch.path)/store"), .disposable)
        try scratch.write(Array("cmd: a\n".utf8), to: "a.yaml")
        let file = try DefinitionFile(HostPath("\(scratch.path)/a.yaml"), store: store)
        let lock = Lock(
            content: .init(definition: file.definition.digest, architectures: []),
            witness: Witness(repositories: [], places: [:]))
        try scratch.write(try CanonicalJSON.encode(lock), to: "a.lock.json")
        #expect(try file.storedApkoLock() == nil)
        #expect(try file.storedLock().lock == lock)
    }

    @Test func whatOthersNeedComesFirst() throws {
        func package(_ name: String, _ needs: [String], beside others: [String] = []) throws -> LockedPackage
        {
            LockedPackage(
                name: try #require(PackageName(name)), version: "1", architecture: "x86_64", role: .installed,
                sourceName: try #require(PackageName(name)), sourceVersion: "1", maintainer: nil,
                homepage: nil,
                digest: ContentHasher.digest(of: []), size: 0, installedSize: nil, requestedBy: [],
                edges: try needs.map { .init(.depends, $0, to: try #require(PackageName($0))) }
                    + others.map { .init(.installIf, $0, to: try #require(PackageName($0))) })
        }
        let packages = [
            try package("a", ["c"]), try package("b", ["a", "d"]), try package("c", ["d"]),
            try package("d", ["a"]),
        ]
        #expect(packages.inInstallationOrder.map(\.name.text) == ["d", "c", "a", "b"])
        let beside = [try package("a", [], beside: ["b"]), try package("b", [])]
        #expect(beside.inInstallationOrder.map(\.name.text) == ["a", "b"])
    }
}
