// SPDX-License-Identifier: Apache-2.0
import Storage
import TestHouse
import Testing
import Vocabulary

@testable import Composing

/// Layers by origin (decision 002; reference, appendix C, 12).
@Suite struct LayeringTests {
    private let house: ComposingHouse
    private let files: ApkFiles

    init() throws {
        house = try ComposingHouse()
        files = try ApkFiles()
    }

    private func compose(
        _ packages: [PackageFiles.Made], budget: Int?
    ) async throws -> (image: ComposedImage, layers: [[String]]) {
        let image = try await AlpineImages.compose(packages, in: house) {
            $0.layering = budget.map { .init(budget: $0) }
            try $0.file("etc/own", .inline(Array("own".utf8)))
        }
        // What every image has stands in the way of the eye.
        let layers = try house.layers(of: image).map { paths in
            paths.filter { !$0.hasPrefix("usr/lib/apk") && !$0.hasSuffix("/") && !$0.hasPrefix("etc/apk") }
        }
        return (image, layers)
    }

    private func package(_ name: String, origin: String? = nil, size: Int = 10, needs: [String] = []) throws
        -> PackageFiles.Made
    {
        try files.make(
            name, needs: needs, origin: origin,
            files: "mkdir -p usr/share/\(name); head -c \(size) /dev/zero > usr/share/\(name)/data")
    }

    @Test func moreBudgetThanGroups() async throws {
        let packages = [
            try package("a"), try package("b", origin: "src", size: 5000), try package("c", origin: "src"),
        ]
        let (image, layers) = try await compose(packages, budget: 10)
        #expect(
            layers == [
                ["usr/share/b/data", "usr/share/c/data"], ["usr/share/a/data"],
                ["etc/own", "etc/passwd", "lib/apk"],
            ])
        let whole = try await compose(packages, budget: nil)
        #expect(whole.image.platforms[0].files == image.platforms[0].files)
        #expect(whole.layers.count == 1)
        let configuration: ImageConfiguration = try CanonicalJSON.decode(
            from: house.store.read(image.platforms[0].config.digest), what: "configuration")
        #expect(configuration.history?.count == 3)
        #expect(configuration.rootfs.diffIDs == image.platforms[0].layers.map(\.diffID))
    }

    @Test func aBudgetOfOne() async throws {
        let (_, layers) = try await compose([try package("a"), try package("b")], budget: 1)
        #expect(
            layers == [["usr/share/a/data", "usr/share/b/data"], ["etc/own", "etc/passwd", "lib/apk"]])
    }

    @Test func aGroupWithoutABytHasALayerForItsRecord() async throws {
        let empty = try files.make("empty", files: "mkdir -p opt/empty")
        let (image, _) = try await compose([empty, try package("a")], budget: 5)
        let all = try house.layers(of: image)
        #expect(all.count == 3)
        #expect(all[1].contains("opt/empty/") && all[1].contains("usr/lib/apk/db/installed"))
        #expect(!all[0].contains("opt/empty/"))
    }

    @Test func whoReplacesFilesSharesALayer() async throws {
        let one = try files.make("one", files: "mkdir etc; echo 1 > etc/x; echo 1 > etc/one")
        let two = try files.make("two", needs: ["one"], files: "mkdir etc; echo 2 > etc/x") {
            $0.info = ["replaces = one"]
        }
        let (_, layers) = try await compose([one, two, try package("a")], budget: 5)
        #expect(layers.count == 3)
        #expect(layers.contains(["etc/one", "etc/x"]))
    }

    @Test func eachLayerHasItsParentsAndItsPartOfTheDatabase() async throws {
        let (image, _) = try await compose([try package("a"), try package("b")], budget: 5)
        let all = try house.layers(of: image)
        for (layer, name) in zip(all, ["a", "b"]) {
            #expect(
                layer == [
                    "usr/", "usr/lib/", "usr/lib/apk/", "usr/lib/apk/db/", "usr/share/", "usr/share/\(name)/",
                    "usr/share/\(name)/data", "usr/lib/apk/db/installed",
                ])
        }
        let installed = try house.content("usr/lib/apk/db/installed", of: image)
        #expect(installed.contains("P:a\n") && installed.contains("P:b\n"))
        var alone = image
        alone.platforms[0].layers.removeLast()
        let partial = try house.content("usr/lib/apk/db/installed", of: alone)
        #expect(partial.contains("P:b\n") && !partial.contains("P:a\n"))
    }

    @Test func aHardLinkOfTheDefinitionIsWhereItsFileIs() async throws {
        let image = try await AlpineImages.compose([try package("a")], in: house) {
            $0.layering = .init(budget: 2)
            try $0.path("opt/link", .hardLink(to: "/usr/share/a/data"))
        }
        #expect(try house.layers(of: image)[0].contains("opt/link"))
    }

    @Test func debianRecordsAreInTheirPackagesLayers() async throws {
        let debian = try PackageFiles()
        let image = try await house.compose([
            try debian.make("a", files: "mkdir opt; echo a > opt/a"),
            try debian.make("b", files: "mkdir opt; echo b > opt/b"),
        ]) { $0.layering = .init(budget: 4) }
        let layers = try house.layers(of: image)
        #expect(layers.count == 3)
        for (layer, name) in zip(layers, ["a", "b"]) {
            #expect(
                layer.filter { !$0.hasSuffix("/") } == [
                    "opt/\(name)", "var/lib/dpkg/status.d/\(name)", "var/lib/dpkg/status.d/\(name).md5sums",
                ])
        }
        #expect(!layers[2].contains("opt/") && layers[2].contains("etc/passwd"))
    }

    /// Twenty packages of every size in five layers; one changes, and two layers with it: its own and the one on top,
    /// which has the whole database.
    @Test func oneChangedPackageChangesItsLayerAlone() async throws {
        func world(_ changed: Int?) throws -> [PackageFiles.Made] {
            try (0..<20).map { number in
                try package("p\(number)", size: (1 << number % 12) * 100 + (number == changed ? 7 : 0))
            }
        }
        let before = try await compose(try world(nil), budget: 5)
        #expect(before.layers.count == 6)
        for changed in [0, 7, 11, 18] {
            let after = try await compose(try world(changed), budget: 5)
            let same = Set(before.image.platforms[0].layers.map(\.diffID)).intersection(
                after.image.platforms[0].layers.map(\.diffID))
            #expect(same.count == 4, "package \(changed)")
        }
        // Another one, too small for a layer of its own: one of the shared layers and the top.
        let more = try await compose(try world(nil) + [try package("new")], budget: 5)
        let same = Set(before.image.platforms[0].layers.map(\.diffID)).intersection(
            more.image.platforms[0].layers.map(\.diffID))
        #expect(same.count == 4)
    }

    /// Other threads, an empty and a full cache: the same bytes.
    @Test func theSameBytesHoweverItIsMade() async throws {
        let packages = try (0..<6).map { try package("p\($0)", origin: "o\($0 % 4)", size: $0 * 1000) }
        var digests: Set<Digest> = []
        var random = SmallRandom(seed: 4)
        for threads in [1, 4] {
            let house = try ComposingHouse(threads: threads)
            for _ in 0..<2 {
                let image = try await AlpineImages.compose(packages.shuffled(using: &random), in: house) {
                    $0.layering = .init(budget: 3)
                }
                digests.insert(image.index.digest)
            }
        }
        #expect(digests.count == 1)
    }

    @Test func groupsBySizeMagnitudeAndName() {
        func groups(_ sizes: [(String, Int64)]) -> [LayerGroups.Group] {
            sizes.enumerated().map { .init(name: $1.0, members: [$0], size: $1.1) }
        }
        // 700 and 900 are of one magnitude: the names decide, not the bytes.
        let one = LayerGroups(groups([("a", 700), ("b", 900), ("c", 9), ("d", 10)]), budget: 3)
        let other = LayerGroups(groups([("a", 900), ("b", 700), ("c", 10), ("d", 9)]), budget: 3)
        #expect(one.layers == other.layers)
        #expect(one.layers == [[0], [1], [2, 3]])
        #expect(LayerGroups(groups([("a", 0)]), budget: 1).layers == [[0]])
        #expect(LayerGroups([], budget: 3).layers.isEmpty)
        let merged = LayerGroups.groups(
            sources: ["x", "y", "x", "z"], sizes: [1, 2, 3, 4], merging: [(1, 2)])
        #expect(
            merged.sorted { $0.name < $1.name } == [
                .init(name: "x", members: [0, 1, 2], size: 6), .init(name: "z", members: [3], size: 4),
            ])
    }
}
