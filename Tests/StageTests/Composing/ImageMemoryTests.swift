// SPDX-License-Identifier: Apache-2.0
import Composing
import Storage
import TestHouse
import Testing
import Vocabulary

/// A build that is remembered is the build that was made, or it is forgotten.
@Suite struct ImageMemoryTests {
    private let house: ComposingHouse
    private let image: ComposedImage
    private let memory: ImageMemory
    private let key = ContentHasher.digest(of: "a build key")

    init() async throws {
        house = try ComposingHouse()
        image = try await house.compose(
            [
                try PackageFiles().make(
                    "app",
                    files:
                        "mkdir -p usr/bin; seq 1 99 >usr/bin/app; ln -s app usr/bin/link; ln usr/bin/app usr/bin/hard"
                )
            ], architectures: [.amd64, .arm64], local: ["a": Array("local".utf8)]
        ) {
            $0.files = [
                Located(
                    .init(
                        path: try #require(ImagePath("/etc/a")), content: .source("a"), mode: 0o640, uid: 1,
                        gid: 2),
                    at: ComposingHouse.here)
            ]
        }
        memory = ImageMemory(cache: try Cache(at: house.cachePath), store: house.store)
        try memory.keep(image, under: key)
    }

    @Test func givesBackEveryFileAndOwner() throws {
        #expect(Set(image.platforms[0].files.map(\.kind)) == [.file, .directory, .symlink, .hardlink])
        #expect(image.platforms[0].files.contains { $0.owner == .definition })
        #expect(memory.image(key) == image)
        #expect(memory.image(ContentHasher.digest(of: "another")) == nil)
    }

    @Test func forgetsWhatIsNoLongerInTheStore() throws {
        try house.store.remove(image.platforms[1].config.digest)
        #expect(memory.image(key) == nil)
    }

    @Test(arguments: [0, 40, 2000, -5]) func forgetsWhatIsDamaged(at place: Int) throws {
        let path = try #require(try Cache(at: house.cachePath).entry("builds", key))
        let size = try HostDirectory.read(path).count
        try house.scratch.sh(
            "printf '\\377' | dd of='\(path)' bs=1 seek=\(place < 0 ? size + place : place) conv=notrunc status=none"
        )
        #expect(memory.image(key) == nil)
    }
}
