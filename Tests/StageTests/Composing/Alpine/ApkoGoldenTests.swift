// SPDX-License-Identifier: Apache-2.0
import Archives
import Composing
import Defining
import Storage
import TestHouse
import Testing
import Vocabulary

/// The image that apko built of its own test definition, and ours of the same packages: entry by entry.
@Suite struct ApkoGoldenTests {
    /// An entry as far as it can be compared.
    private struct Entry: Equatable {
        var kind: String
        var mode: UInt16
        var owner: String
        var size: Int64
        var content: String
    }

    /// Where the two differ, and why: the same table stands in Documentation/guides/coming-from-apko.md.
    private static let differences: [String: String] = [
        "dev/console": "no device nodes: runtimes mount /dev themselves",
        "dev/null": "no device nodes", "dev/random": "no device nodes", "dev/urandom": "no device nodes",
        "dev/zero": "no device nodes",
        "etc/apko.json":
            "the definition is in the evidence; in the image it would change its digest with every word",
        "etc/apk/world": "what the definition asks for, not the versions that were found for it",
        "etc/os-release": "owned by 501:20, as the package says; apko loses owners",
        "usr/lib/apk/db/installed": "apk-tools' fields and order, no empty ones, no i:[]",
    ]

    private static let layers = [
        "x86_64": "c7557730da0e2d7fb242d8d1ac6dcf7e3a2439732aa5981270b4f3a02454b738",
        "aarch64": "7e0f9d62f6cab4785e18a55f17d03f20ffb776881f1f46258efd9458f7cdaf08",
    ]

    @Test(
        .enabled(if: SharedFixtures.areHere, "\(SharedFixtures.hint)"), arguments: ["x86_64", "aarch64"])
    func theTreeIsApkosButForDocumentedDifferences(_ architecture: String) async throws {
        let house = try ComposingHouse()
        let image = try await compose(architecture, in: house)
        let layer = try #require(Self.layers[architecture])
        let theirs = try Self.entries(
            of: FileReader(HostPath(SharedFixtures.path("apk/apko-cli/golden/blobs/sha256/\(layer)"))))
        let ours = try Self.entries(
            of: house.store.reader(of: try #require(image.platforms.first?.layers.first).descriptor.digest))
        let differing = Set(theirs.keys).union(ours.keys).filter { theirs[$0] != ours[$0] }
        #expect(differing.sorted() == Self.differences.keys.sorted())
        #expect(
            ours["etc/os-release"].map { "\($0.owner) \($0.content)" }
                == theirs["etc/os-release"].map { "501:20 \($0.content)" })
        #expect(try house.content("etc/apk/world", of: image) == "replayout\n")
        let installed = try house.content("usr/lib/apk/db/installed", of: image)
        #expect(
            installed.components("F:etc\nR:os-release\na:501:20:0644\nZ:Q1yl5Se7uKXMnEwtK04pYY2Mo75fg=\n")
                .count == 2)
    }

    /// With `apko-json` the configuration is apko's too, but for spaces and the order of keys.
    @Test(.enabled(if: SharedFixtures.areHere, "\(SharedFixtures.hint)"))
    func theConfigurationIsApkos() async throws {
        let house = try ComposingHouse()
        let text = """
            contents: {keyring: [./testdata/melange.rsa.pub], repositories: [./testdata/packages], packages: [replayout]}
            entrypoint: {command: /bin/sh -l}
            archs: [amd64]
            annotations: {org.opencontainers.image.title: Title, org.opencontainers.image.vendor: Vendor}
            apko-json: true
            tests: [{name: none of apko's business}]
            """
        let read = try DefinitionReader().read(Array(text.utf8), file: "image.yaml")
        let image = try await compose("x86_64", in: house) { $0.apkoJSON = read.definition.apkoJSON }
        let theirs = try Self.content(
            "etc/apko.json",
            of: FileReader(
                HostPath(
                    SharedFixtures.path(
                        "apk/apko-cli/golden/blobs/sha256/\(try #require(Self.layers["x86_64"]))"))))
        var golden: JSONValue = try CanonicalJSON.decode(from: theirs, what: "apko's own")
        // apko writes accounts where there are none.
        if case .object(var members) = golden {
            #expect(members.removeValue(forKey: "accounts") == .object([:]))
            golden = .object(members)
        }
        let ours: JSONValue = try CanonicalJSON.decode(
            from: Array(try house.content("etc/apko.json", of: image).utf8), what: "ours")
        #expect(ours == golden)
        #expect(image.file("etc/apko.json")?.mode == 0o444)
    }

    private static func content(_ path: String, of source: any ByteSource) throws -> [UInt8] {
        let reader = TarReader(try Decompressor.open(.gzip, of: source))
        while let entry = try reader.next() {
            guard entry.path == path else { continue }
            var bytes: [UInt8] = []
            try reader.forEachPiece { bytes += $0 }
            return bytes
        }
        return []
    }

    /// Packages as abuild and melange really write them.
    @Test(
        .enabled(if: SharedFixtures.areHere, "\(SharedFixtures.hint)"),
        arguments: [
            ("hello-wolfi-2.12.1-r0.apk", "usr/bin/hello"), ("hello-0.1.0-r0.apk", "hello"),
            ("alpine-316/alpine-baselayout-3.2.0-r23.apk", "etc/crontabs/root"),
            ("replaces/replaces-0.0.1-r0.apk", "hello"),
        ])
    func realPackages(_ file: String, _ path: String) async throws {
        let house = try ComposingHouse()
        let package = try Self.package(HostPath(SharedFixtures.path("apk/apk/\(file)")))
        let image = try await AlpineImages.compose([package], in: house)
        #expect(image.file(path)?.owner == .package(package.package.name))
        let installed = try house.content("usr/lib/apk/db/installed", of: image)
        #expect(installed.hasPrefix("C:\(package.package.checksum ?? "")\nP:\(package.package.name)\n"))
    }

    private func compose(
        _ architecture: String, in house: ComposingHouse,
        _ change: @Sendable (inout ImageDefinition) -> Void = { _ in }
    ) async throws -> ComposedImage {
        let folder = SharedFixtures.path("apk/apko-cli")
        let packages = try ["pretend-baselayout", "replayout"].map { name in
            try Self.package(HostPath("\(folder)/packages/\(architecture)/\(name)-1.0.0-r0.apk"))
        }
        let key = "./testdata/melange.rsa.pub"
        return try await house.compose(
            packages, family: .alpine,
            architectures: [try #require(Architecture(alpineName: architecture))],
            local: [key: try HostDirectory.read(HostPath("\(folder)/melange.rsa.pub"))]
        ) {
            $0.contents.keyring = [Located(key, at: ComposingHouse.here)]
            $0.contents.repositories = [
                Located(.alpine(location: "./testdata/packages", tag: nil), at: ComposingHouse.here)
            ]
            $0.contents.packages = [
                Located(.init(try #require(PackageName("replayout"))), at: ComposingHouse.here)
            ]
            $0.process.entrypoint = ["/bin/sh", "-l"]
            change(&$0)
        }
    }

    private static func package(_ path: HostPath) throws -> PackageFiles.Made {
        let bytes = try HostDirectory.read(path)
        let control = try ApkReader(FileReader(path)).readControl()
        return PackageFiles.Made(
            package: LockedPackage(
                name: control.info.name, version: control.info.version,
                architecture: control.info.architecture,
                role: .installed, sourceName: control.info.name, sourceVersion: control.info.version,
                maintainer: nil, homepage: nil, digest: ContentHasher.digest(of: bytes),
                checksum: control.checksum, size: Int64(bytes.count), installedSize: nil, requestedBy: [],
                edges: control.info.depends.compactMap { text in
                    PackageName(text).map { .init(.depends, text, to: $0) }
                }),
            bytes: bytes)
    }

    private static func entries(of source: any ByteSource) throws -> [String: Entry] {
        let reader = TarReader(try Decompressor.open(.gzip, of: source))
        var entries: [String: Entry] = [:]
        while let entry = try reader.next() {
            var hasher = ContentHasher()
            try reader.forEachPiece { hasher.update($0) }
            let path = try #require(ImagePath(entry.path))
            entries[path.text] = Entry(
                kind: entry.kind.rawValue, mode: entry.mode, owner: "\(entry.uid):\(entry.gid)",
                size: entry.size, content: entry.kind == .file ? hasher.finalize().hex : entry.linkTarget)
        }
        return entries
    }
}
