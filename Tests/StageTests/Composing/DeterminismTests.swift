// SPDX-License-Identifier: Apache-2.0
import Archives
import Composing
import Storage
import TestHouse
import Testing
import Vocabulary

/// Same input, same image; and the cost of a change is that of what changed.
@Suite struct DeterminismTests {
    private static func packages(version: String = "1.0-1", of changed: Int = 3) throws -> [PackageFiles.Made]
    {
        let files = try PackageFiles()
        return try (0..<8).map { number in
            try files.make(
                "package-\(number)", version: number == changed ? version : "1.0-1", requested: number == 0,
                files: "mkdir -p usr/lib/shared usr/share/p\(number); seq \(number)00 \(number)000 > "
                    + "usr/share/p\(number)/numbers; echo \(number == changed ? version : "") > usr/lib/shared/\(number);"
                    + "ln -s \(number) usr/lib/shared/link-\(number)")
        }
    }

    @Test func threadsAndOrderDoNotMatter() async throws {
        let packages = try Self.packages()
        var digests: Set<Digest> = []
        for threads in [1, 2, 8] {
            for order in [packages, packages.reversed(), Array(packages[4...] + packages[..<4])] {
                digests.insert(try await ComposingHouse(threads: threads).compose(order).index.digest)
            }
        }
        #expect(digests.count == 1)
    }

    @Test func aWarmCacheGivesTheSame() async throws {
        let house = try ComposingHouse()
        let packages = try Self.packages()
        let cold = try await house.compose(packages)
        let warm = try await house.compose(packages)
        #expect(cold == warm)
        // The layer is forgotten: joined again from segments.
        for layer in cold.platforms.flatMap(\.layers) { try house.store.remove(layer.descriptor.digest) }
        #expect(try await house.compose(packages) == cold)
        #expect(house.store.contains(cold.platforms[0].layers[0].descriptor.digest))
    }

    @Test(arguments: ["table", "segment", "segment-tar", "segment-gzip", "layer"])
    func damageInTheCacheIsHealed(_ kind: String) async throws {
        let house = try ComposingHouse()
        let packages = try Self.packages()
        let whole = try await house.compose(packages)
        for layer in whole.platforms.flatMap(\.layers) { try house.store.remove(layer.descriptor.digest) }
        // One byte of every second entry, without changing any length.
        try Tool.sh(
            "for f in $(ls entries/\(kind)/* | grep -v seal | awk 'NR % 2'); do "
                + "printf '\\377' | dd of=$f bs=1 seek=20 conv=notrunc status=none; done",
            in: house.cachePath.text)
        #expect(try await house.compose(packages) == whole)
        for layer in whole.platforms.flatMap(\.layers) {
            #expect(try house.store.read(layer.descriptor.digest).count == Int(layer.descriptor.size))
        }
    }

    @Test func anUpdateMakesOneSegment() async throws {
        let house = try ComposingHouse()
        _ = try await house.compose(try Self.packages())
        let before = try Self.entries(house)
        _ = try await house.compose(try Self.packages(version: "1.0-2"))
        let after = try Self.entries(house)
        #expect(after["table"] == before["table"].map { $0 + 1 })
        // The package's own, and the additions, where its status record is.
        #expect(after["segment"] == before["segment"].map { $0 + 2 })
    }

    @Test func aChangedPermissionMakesOneSegment() async throws {
        let house = try ComposingHouse()
        let packages = try Self.packages()
        _ = try await house.compose(packages)
        let before = try Self.entries(house)
        let image = try await house.compose(packages) {
            try $0.path("/usr/share/p2/numbers", .permissions, uid: 7, gid: 8, permissions: 0o600)
        }
        #expect(try Self.entries(house)["segment"] == before["segment"].map { $0 + 2 })
        #expect(try Self.entries(house)["table"] == before["table"])
        #expect(image.file("usr/share/p2/numbers")?.uid == 7)
    }

    private static func entries(_ house: ComposingHouse) throws -> [String: Int] {
        Dictionary(
            try Cache(at: house.cachePath).usage().map { ($0.kind, $0.entries) }, uniquingKeysWith: { $1 })
    }

    @Test func theSourceDateClampsTimes() async throws {
        let house = try ComposingHouse()
        let packages = try Self.packages()
        let free = try await house.compose(packages)
        let clamped = try await house.compose(packages, epoch: Timestamp(seconds: 1_000_000_000))
        let later = try await house.compose(packages, epoch: Timestamp(seconds: 2_000_000_000))
        #expect(free.platforms[0].created.seconds == PackageFiles.time)
        #expect(clamped.platforms[0].created.seconds == 1_000_000_000)
        #expect(free.index != clamped.index && free == later)
        let times = try Self.times(of: clamped, in: house)
        #expect(times.allSatisfy { $0 <= 1_000_000_000 } && times.contains(1_000_000_000))
    }

    private static func times(of image: ComposedImage, in house: ComposingHouse) throws -> [Int64] {
        let reader = TarReader(
            try Decompressor.open(
                .gzip, of: house.store.reader(of: image.platforms[0].layers[0].descriptor.digest)))
        var times: [Int64] = []
        while let entry = try reader.next() { times.append(entry.mtime) }
        return times
    }

    @Test func platformsShareWhatTheyShare() async throws {
        let house = try ComposingHouse()
        let files = try PackageFiles()
        let image = try await house.compose(
            [try files.make("data", architecture: "all", files: "mkdir -p usr/share; echo x > usr/share/x")],
            architectures: [.arm64, .amd64])
        #expect(image.platforms.map(\.architecture) == [.amd64, .arm64])
        #expect(image.platforms[0].layers == image.platforms[1].layers)
        #expect(image.platforms[0].config != image.platforms[1].config)
        let index: ImageIndex = try CanonicalJSON.decode(
            from: try house.store.read(image.index.digest), what: "index")
        #expect(index.manifests.map(\.platform?.architecture) == ["amd64", "arm64"])
        #expect(index.manifests == image.platforms.map(\.manifest))
    }

    /// Pins the whole writer: planner, tar, compressor, join, documents. A change here changes every image there is:
    /// it needs a new `Composer.identity`, and a word in the release notes.
    @Test func theBytesArePinned() async throws {
        let house = try ComposingHouse()
        let image = try await house.compose([
            try PackageFiles().make(
                "app",
                files:
                    "mkdir -p usr/bin usr/share/doc/app; seq 1 20000 > usr/bin/app; chmod 755 usr/bin/app; "
                    + "ln -s app usr/bin/link; ln usr/bin/app usr/bin/other; echo c > usr/share/doc/app/copyright"
            )
        ])
        let platform = try #require(image.platforms.first)
        #expect(
            platform.layers[0].diffID.hex
                == "9cc27c82366e31edc59e5e49d277c7b823d49ec16d7c68e35cc29aaa9884b5d4")
        #expect(
            platform.layers[0].descriptor.digest.hex
                == "0e6744ada13383cf8b080ca52ef7add9f36605ae25872d3607baa5edccd6e5a6")
        #expect(
            platform.config.digest.hex == "dc6ee24d81d5ecbc3160379712ac180137fedfeda54fc0833a8a7890e128b7fb")
        #expect(image.index.digest.hex == "ae158658c5a948939bb32a87764cee09abf370eeb9a6ec58a474aee9e74b3ee5")
        #expect(
            Composer.identity
                == "composer 2, debian rules 4, alpine rules 2, tar 1, libdeflate-1.14-level6-chunk1048576"
        )
    }
}
