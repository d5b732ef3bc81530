// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

@testable import Storage

@Suite struct ImageLayoutTests {
    private let scratch: Scratch
    private var root: HostPath { HostPath(scratch.path) / "layout" }

    init() throws { scratch = try Scratch() }

    private func manifest(_ text: String, in layout: ImageLayout) throws -> Descriptor {
        let bytes = Array(#"{"name":"\#(text)"}"#.utf8)
        try layout.blobs.write(bytes)
        return Descriptor(bytes, mediaType: .imageManifest)
    }

    @Test func beginsEmptyAndOpensAgain() throws {
        let layout = try ImageLayout.create(at: root)
        #expect(try layout.index() == ImageIndex(manifests: []))
        #expect(try scratch.sh("cat layout/oci-layout") == Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
        let descriptor = try manifest("a", in: layout)
        try layout.add(descriptor, tag: "1")
        #expect(try ImageLayout.create(at: root).resolve(tag: "1")?.digest == descriptor.digest)
        #expect(try ImageLayout.open(at: root).index().manifests.count == 1)
        #expect(
            try String(decoding: scratch.sh("ls -A layout"), as: UTF8.self)
                == "blobs\nindex.json\noci-layout\n")
    }

    @Test func tagsMoveAndReferrersStandUntagged() throws {
        let layout = try ImageLayout.create(at: root)
        let (first, second) = (try manifest("a", in: layout), try manifest("b", in: layout))
        var referrer = try manifest("c", in: layout)
        referrer.artifactType = .sigstoreBundle
        referrer.annotations = ["a": "b"]
        try layout.add(first, tag: "1")
        try layout.add(first, tag: "latest")
        try layout.add(referrer)
        try layout.add(referrer)
        try layout.add(second, tag: "1")
        let listed = try layout.index().manifests
        #expect(listed.map(\.digest) == [first.digest, referrer.digest, second.digest])
        #expect(listed.map { $0.annotations?[ImageLayout.tagAnnotation] } == ["latest", nil, "1"])
        #expect(listed[1] == referrer)
        #expect(try layout.resolve(tag: "2") == nil)
    }

    @Test func namesOnlyWhatIsThere() throws {
        let layout = try ImageLayout.create(at: root)
        let absent = Descriptor(Array("absent".utf8), mediaType: .imageManifest)
        #expect(throws: StorageError.missing(absent.digest, store: root)) { try layout.add(absent, tag: "1") }
        #expect(try layout.index().manifests.isEmpty)
    }

    @Test func concurrentWritersLoseNothing() async throws {
        let root = root
        let layout = try ImageLayout.create(at: root)
        let descriptors = try (0..<24).map { try manifest("\($0)", in: layout) }
        let workers = WorkerThreads(count: 6)
        _ = try await workers.map(Array(descriptors.enumerated()).map { ($0.offset, $0.element) }, atMost: 6)
        { item in
            try ImageLayout.open(at: root).add(item.1, tag: "t\(item.0)")
        }
        #expect(Set(try layout.index().manifests.map(\.digest)) == Set(descriptors.map(\.digest)))
    }

    @Test(arguments: [
        ("", "it has no file oci-layout"),
        ("echo '{}' > layout/oci-layout", "its oci-layout is not what it should be"),
        (#"echo '{"imageLayoutVersion":"2.0.0"}' > layout/oci-layout"#, "it is of version 2.0.0"),
    ])
    func refusesWhatIsNone(_ script: String, _ reason: String) throws {
        try scratch.sh("mkdir layout; echo stranger > layout/stranger; \(script)")
        #expect { try ImageLayout.open(at: root) } throws: { "\($0)".contains(reason) }
        let before = try scratch.sh("find layout | sort")
        #expect(throws: StorageError.self) { try ImageLayout.create(at: root) }
        #expect(try scratch.sh("find layout | sort") == before)
    }

    @Test func aDamagedIndexIsAnErrorAndIsKept() throws {
        let layout = try ImageLayout.create(at: root)
        let descriptor = try manifest("a", in: layout)
        try scratch.sh("printf '{' > layout/index.json")
        #expect(throws: StorageError.self) { try layout.index() }
        #expect(throws: StorageError.self) { try layout.add(descriptor, tag: "1") }
        #expect(try scratch.sh("cat layout/index.json") == Array("{".utf8))
    }

    /// Killed between its files, a layout is made whole by the next `create`.
    @Test func finishesWhatAKilledCreateLeft() throws {
        try scratch.sh("mkdir -p layout/blobs/sha256; printf '{' > layout/.new-1-2-3")
        let layout = try ImageLayout.create(at: root)
        #expect(try layout.index().manifests.isEmpty)
        #expect(try scratch.sh("find layout -name '.new*'").isEmpty)
    }
}
