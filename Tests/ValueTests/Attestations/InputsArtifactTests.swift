// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

@Suite("The inputs artifact") struct InputsArtifactTests {
    private let artifact = InputsArtifact(
        subject: Descriptor(Array("index".utf8), mediaType: .imageIndex, annotations: ["tag": "1"]),
        definitionName: "image.yaml", definition: Descriptor(Array("definition".utf8), mediaType: .empty),
        lock: Descriptor(Array("lock".utf8), mediaType: .empty),
        localFiles: [
            .init(source: "b.conf", content: Descriptor(Array("same".utf8), mediaType: .empty)),
            .init(source: "a.conf", content: Descriptor(Array("same".utf8), mediaType: .empty)),
        ],
        releases: [
            .init(
                url: "https://deb.example.org/InRelease",
                content: Descriptor(Array("release".utf8), mediaType: .empty))
        ],
        indexes: [
            .init(
                url: "https://deb.example.org/main/binary-amd64/Packages.xz",
                content: Descriptor(Array("index".utf8), mediaType: .empty))
        ])

    @Test("what is written is read, and order does not matter")
    func roundTrip() throws {
        let bytes = try artifact.encode()
        #expect(try InputsArtifact(bytes) == artifact)
        var turned = artifact
        turned.localFiles.reverse()
        #expect(
            try InputsArtifact(
                subject: turned.subject, definitionName: turned.definitionName, definition: turned.definition,
                lock: turned.lock, localFiles: turned.localFiles, releases: turned.releases,
                indexes: turned.indexes
            ).encode() == bytes)
        #expect(artifact.subject.annotations == nil)
    }

    private func refusal(_ change: (inout ImageManifest) -> Void) throws -> InputsArtifact.ReadError? {
        var manifest: ImageManifest = try CanonicalJSON.decode(from: artifact.encode(), what: "it")
        change(&manifest)
        let bytes = try CanonicalJSON.encode(manifest)
        do throws(InputsArtifact.ReadError) {
            _ = try InputsArtifact(bytes)
            return nil
        } catch { return error }
    }

    @Test("each way to be none")
    func refusals() throws {
        #expect(try refusal { _ in } == nil)
        #expect(try refusal { $0.artifactType = .sigstoreBundle } == .artifactType(.sigstoreBundle))
        #expect(try refusal { $0.subject = nil } == .noSubject)
        #expect(try refusal { $0.layers[0].mediaType = .layerGzip } == .unknownLayer(.layerGzip))
        #expect(try refusal { $0.layers.removeFirst() } == .count(what: "definitions", found: 0, limit: 1))
        #expect(try refusal { $0.layers.append($0.layers[1]) } == .count(what: "locks", found: 2, limit: 1))
        #expect(
            try refusal { $0.layers[0].size = 2 << 20 }
                == .size(what: "definition", found: 2 << 20, limit: 1 << 20))
        #expect(try refusal { $0.layers[1].size = -1 } != nil)
        #expect(try refusal { $0.layers[2].annotations = nil } == .annotation(what: "local file"))
        #expect(try refusal { $0.layers.append($0.layers[2]) } == .repeated("a.conf"))
        #expect(
            try refusal { manifest in
                for number in 0..<2000 {
                    var layer = manifest.layers[2]
                    layer.annotations = [InputsArtifact.sourceAnnotation: "\(number)"]
                    manifest.layers.append(layer)
                }
            } == .count(what: "local files", found: 1025, limit: 1024))
    }

    @Test("ten thousand damaged manifests are read or refused; what is read is written as it was read")
    func mutations() throws {
        var read = 0
        let tokens = [
            "\"layers\":[]", "{", "[", "null", "application/vnd.slipway.lock.v1+json", "-1", "9e99",
        ]
        for bytes in Mutations(of: try artifact.encode(), tokens: tokens, count: 10_000, seed: 11) {
            guard let other = try? InputsArtifact(bytes) else { continue }
            read += 1
            #expect(try InputsArtifact(other.encode()) == other)
        }
        #expect(read > 0 && read < 10_000)
    }
}
