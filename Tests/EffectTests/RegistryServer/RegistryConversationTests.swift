// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

@testable import RegistryServer

/// Requests and answers of distribution-spec 1.1, endpoint by endpoint, against a running server.
@Suite struct RegistryConversationTests {
    private static let nobody = Digest(bytes: [UInt8](repeating: 7, count: 32))

    @Test func root() async throws {
        try await RegistryHouse.serve { port in
            let root = try RawHTTP.ask(port, "GET", "/v2/")
            #expect(root.status == 200)
            #expect(try RawHTTP.ask(port, "GET", "/v2/", ["Host": "evil.example"]).status == 403)
            #expect(try RawHTTP.ask(port, "POST", "/v2/").status == 405)
            #expect(try RawHTTP.ask(port, "GET", "/").status == 404)
        }
    }

    /// What is not there is asked for by HEAD before each push. A body in the answer would be read as the next answer.
    @Test func connectionsOutliveRefusals() async throws {
        try await RegistryHouse.serve { port in
            let connection = try RawHTTP(port: port)
            for target in ["manifests/1", "manifests/\(Self.nobody)", "blobs/\(Self.nobody)"] {
                let missing = try connection.ask("HEAD", "/v2/app/\(target)")
                #expect(missing.status == 404 && missing["Content-Length"] != "0")
            }
            #expect(try connection.ask("HEAD", "/v2/app/uploads").status == 404)
            #expect(try connection.ask("GET", "/v2/").status == 200)
        }
    }

    /// Otherwise HEAD would go on saying that it is there, and nobody would ever push it again.
    @Test func damagedManifestIsDroppedAndCanBePushedAgain() async throws {
        let house = try RegistryHouse()
        let root = house.root
        try await house.serve { port in
            let bytes = try Push.image(to: "app", tag: "1", port)
            let digest = Push.digest(bytes)
            try Tool.sh("printf x | dd of=blobs/sha256/\(digest.hex) conv=notrunc", in: root.text)
            let url = "/v2/app/manifests/\(digest)"
            let refused = try RawHTTP.ask(port, "GET", url)
            #expect(refused.status == 500 && refused.text.contains("damaged"))
            #expect(try RawHTTP.ask(port, "HEAD", url).status == 404)
            #expect(try RawHTTP.ask(port, "GET", "/v2/app/manifests/1").status == 404)
            #expect(try Push.put(bytes, at: "\(digest)", in: "app", port).status == 201)
            #expect(try RawHTTP.ask(port, "GET", "/v2/app/manifests/1").body == bytes)
        }
    }

    @Test func blobsInEveryWay() async throws {
        try await RegistryHouse.serve { port in
            let bytes = Array("0123456789".utf8)
            let digest = Push.digest(bytes)
            let url = "/v2/app/blobs/\(digest)"
            #expect(try RawHTTP.ask(port, "HEAD", url).status == 404)
            let missing = try RawHTTP.ask(port, "GET", url)
            #expect(missing.status == 404 && missing.text.contains(#""code":"BLOB_UNKNOWN""#))

            // In chunks.
            let begun = try RawHTTP.ask(port, "POST", "/v2/app/blobs/uploads/", body: [])
            #expect(begun.status == 202 && begun["Range"] == "0-0")
            let place = try #require(begun["Location"])
            let first = try RawHTTP.ask(
                port, "PATCH", place, ["Content-Range": "0-3"], body: Array(bytes[..<4]))
            #expect(first.status == 202 && first["Range"] == "0-3" && first["Location"] != nil)
            let again = try RawHTTP.ask(
                port, "PATCH", place, ["Content-Range": "0-3"], body: Array(bytes[..<4]))
            #expect(again.status == 416 && again["Range"] == "0-3")
            let status = try RawHTTP.ask(port, "GET", place)
            #expect(status.status == 204 && status["Range"] == "0-3" && status["Location"] != nil)
            let put = try RawHTTP.ask(
                port, "PUT", "\(place)?digest=\(digest)", ["Content-Range": "4-9"], body: Array(bytes[4...]))
            #expect(
                put.status == 201 && put["Location"] == url && put["Docker-Content-Digest"] == "\(digest)")
            #expect(try RawHTTP.ask(port, "GET", place).status == 404)

            let got = try RawHTTP.ask(port, "GET", url)
            #expect(got.status == 200 && got.body == bytes && got["Docker-Content-Digest"] == "\(digest)")
            let head = try RawHTTP.ask(port, "HEAD", url)
            #expect(head.status == 200 && head["Content-Length"] == "10" && head.body.isEmpty)

            // Streamed, then closed by an empty PUT; and as a whole.
            let streamed = try #require(
                try RawHTTP.ask(port, "POST", "/v2/b/blobs/uploads/", body: [])["Location"])
            #expect(try RawHTTP.ask(port, "PATCH", streamed, body: bytes).status == 202)
            #expect(try RawHTTP.ask(port, "PUT", "\(streamed)?digest=\(digest)", body: []).status == 201)
            let whole = try #require(
                try RawHTTP.ask(port, "POST", "/v2/c/blobs/uploads/", body: [])["Location"])
            #expect(try RawHTTP.ask(port, "PUT", "\(whole)?digest=\(digest)", body: bytes).status == 201)
            #expect(
                try RawHTTP.ask(port, "POST", "/v2/d/blobs/uploads/?digest=\(digest)", body: bytes).status
                    == 201)
            for name in ["b", "c", "d"] {
                #expect(try RawHTTP.ask(port, "GET", "/v2/\(name)/blobs/\(digest)").body == bytes)
            }
        }
    }

    @Test func anEmptyBlobAndChunkedEncoding() async throws {
        try await RegistryHouse.serve { port in
            try Push.blob([], to: "app", port)
            #expect(try RawHTTP.ask(port, "GET", "/v2/app/blobs/\(Push.digest([]))").status == 200)
            let place = try #require(
                try RawHTTP.ask(port, "POST", "/v2/app/blobs/uploads/", body: [])["Location"])
            let connection = try RawHTTP(port: port)
            try connection.sendHead("PATCH", place, ["Transfer-Encoding": "chunked"])
            try connection.send(Array("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".utf8))
            #expect(try connection.answer()["Range"] == "0-4")
            let digest = Push.digest(Array("abcde".utf8))
            #expect(try connection.ask("PUT", "\(place)?digest=\(digest)", body: []).status == 201)
        }
    }

    @Test func ranges() async throws {
        try await RegistryHouse.serve { port in
            let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try Push.blob(bytes, to: "app", port)
            let url = "/v2/app/blobs/\(Push.digest(bytes))"
            let middle = try RawHTTP.ask(port, "GET", url, ["Range": "bytes=300000-700000"])
            #expect(middle.status == 206 && middle.body == Array(bytes[300_000...700_000]))
            #expect(middle["Content-Range"] == "bytes 300000-700000/1000000")
            #expect(try RawHTTP.ask(port, "GET", url, ["Range": "bytes=-5"]).body == Array(bytes.suffix(5)))
            let beyond = try RawHTTP.ask(port, "GET", url, ["Range": "bytes=1000000-"])
            #expect(beyond.status == 416 && beyond["Content-Range"] == "bytes */1000000")
            #expect(try RawHTTP.ask(port, "GET", url, ["Range": "bytes=9-3"]).status == 200)
            #expect(try RawHTTP.ask(port, "HEAD", url, ["Range": "bytes=0-3"])["Content-Length"] == "1000000")
        }
    }

    @Test func blobsAreSeenWhereTheyWerePushed() async throws {
        try await RegistryHouse.serve { port in
            try Push.blob(Push.layer, to: "private/app", port)
            let digest = Push.digest(Push.layer)
            #expect(try RawHTTP.ask(port, "HEAD", "/v2/other/blobs/\(digest)").status == 404)
            func mount(_ query: String) throws -> Int {
                try RawHTTP.ask(port, "POST", "/v2/other/blobs/uploads/?\(query)", body: []).status
            }
            #expect(try mount("mount=\(digest)&from=nowhere") == 202)
            #expect(try mount("mount=\(digest)") == 202)
            #expect(try mount("mount=\(digest)&from=../private/app") == 202)
            #expect(try mount("mount=x&from=private/app") == 400)
            #expect(try RawHTTP.ask(port, "HEAD", "/v2/other/blobs/\(digest)").status == 404)
            #expect(try mount("mount=\(digest)&from=private/app") == 201)
            #expect(try RawHTTP.ask(port, "HEAD", "/v2/other/blobs/\(digest)").status == 200)
            #expect(try RawHTTP.ask(port, "DELETE", "/v2/private/app/blobs/\(digest)").status == 202)
            #expect(try RawHTTP.ask(port, "DELETE", "/v2/private/app/blobs/\(digest)").status == 404)
            #expect(try RawHTTP.ask(port, "GET", "/v2/other/blobs/\(digest)").body == Push.layer)
        }
    }

    @Test func wrongDigestsAndLostUploads() async throws {
        try await RegistryHouse.serve { port in
            let place = try #require(
                try RawHTTP.ask(port, "POST", "/v2/app/blobs/uploads/", body: [])["Location"])
            let wrong = try RawHTTP.ask(port, "PUT", "\(place)?digest=\(Self.nobody)", body: Push.layer)
            #expect(wrong.status == 400 && wrong.text.contains("DIGEST_INVALID"))
            #expect(try RawHTTP.ask(port, "HEAD", "/v2/app/blobs/\(Self.nobody)").status == 404)
            #expect(try RawHTTP.ask(port, "HEAD", "/v2/app/blobs/\(Push.digest(Push.layer))").status == 404)
            let gone = try #require(
                try RawHTTP.ask(port, "POST", "/v2/app/blobs/uploads/", body: [])["Location"])
            #expect(try RawHTTP.ask(port, "PUT", gone, body: []).status == 400)
            #expect(
                try RawHTTP.ask(
                    port, "PUT", "\(gone)?digest=sha512:\(String(repeating: "0", count: 128))", body: []
                ).status == 400)
            #expect(try RawHTTP.ask(port, "DELETE", gone).status == 204)
            #expect(try RawHTTP.ask(port, "DELETE", gone).status == 404)
            let lost = try RawHTTP.ask(port, "PATCH", gone, body: [1])
            #expect(lost.status == 404 && lost.text.contains("BLOB_UPLOAD_UNKNOWN"))
            // An upload belongs to its repository.
            let mine = try #require(
                try RawHTTP.ask(port, "POST", "/v2/app/blobs/uploads/", body: [])["Location"])
            let id = try #require(mine.split(separator: "/").last)
            #expect(try RawHTTP.ask(port, "PATCH", "/v2/other/blobs/uploads/\(id)", body: [1]).status == 404)
        }
    }

    @Test func manifests() async throws {
        try await RegistryHouse.serve { port in
            let url = "/v2/app/manifests/"
            let bytes = try Push.image(to: "app", tag: "1", port)
            let digest = Push.digest(bytes)
            for reference in ["1", "\(digest)"] {
                let got = try RawHTTP.ask(port, "GET", url + reference)
                #expect(got.body == bytes && got["Content-Type"] == MediaType.imageManifest.rawValue)
                let head = try RawHTTP.ask(port, "HEAD", url + reference)
                #expect(
                    head["Docker-Content-Digest"] == "\(digest)" && head["Content-Length"] == "\(bytes.count)"
                )
            }
            #expect(try RawHTTP.ask(port, "GET", url + "2").text.contains("MANIFEST_UNKNOWN"))
            #expect(try RawHTTP.ask(port, "GET", "/v2/other/manifests/\(digest)").status == 404)
            let moved = Array(String(decoding: bytes, as: UTF8.self).utf8) + Array("\n".utf8)
            #expect(
                try Push.put(moved, at: "1", in: "app", port)["Docker-Content-Digest"]
                    == "\(Push.digest(moved))")
            #expect(try RawHTTP.ask(port, "GET", url + "1").body == moved)
            #expect(try RawHTTP.ask(port, "GET", url + "\(digest)").body == bytes)
            // A tag goes alone; a manifest takes its tags along.
            #expect(try Push.put(bytes, at: "old", in: "app", port).status == 201)
            #expect(try RawHTTP.ask(port, "DELETE", url + "1").status == 202)
            #expect(try RawHTTP.ask(port, "GET", url + "\(Push.digest(moved))").status == 200)
            #expect(try RawHTTP.ask(port, "DELETE", url + "\(digest)").status == 202)
            #expect(try RawHTTP.ask(port, "GET", url + "old").status == 404)
            #expect(try RawHTTP.ask(port, "DELETE", url + "\(digest)").status == 404)
        }
    }

    @Test func manifestsThatAreRefused() async throws {
        try await RegistryHouse.serve { port in
            let orphan = try Push.put(try Push.manifest(), at: "1", in: "app", port)
            #expect(orphan.status == 404 && orphan.text.contains("MANIFEST_BLOB_UNKNOWN"))
            let bytes = try Push.image(to: "app", tag: "1", port)
            #expect(
                try Push.put(bytes, at: "\(Self.nobody)", in: "app", port).text.contains("DIGEST_INVALID"))
            #expect(
                try Push.put(bytes, at: "1", in: "app", port, type: .imageIndex).text.contains(
                    "MANIFEST_INVALID"))
            #expect(try Push.put(Array("{}".utf8), at: "1", in: "app", port).status == 400)
            #expect(try Push.put([], at: "1", in: "app", port).status == 400)
            let foreign = MediaType(rawValue: "application/vnd.docker.distribution.manifest.v1+prettyjws")
            #expect(
                try Push.put(Array(#"{"schemaVersion":1}"#.utf8), at: "1", in: "app", port, type: foreign)
                    .status == 400)
            let absent = ImageIndex(manifests: [
                Descriptor(mediaType: .imageManifest, digest: Self.nobody, size: 3)
            ])
            let index = try Push.put(
                try CanonicalJSON.encode(absent), at: "1", in: "app", port, type: .imageIndex)
            #expect(index.text.contains("MANIFEST_BLOB_UNKNOWN"))
            let lying = String(decoding: bytes, as: UTF8.self).replacing(
                #""size":\#(Push.layer.count)"#, with: #""size":1"#)
            #expect(try Push.put(Array(lying.utf8), at: "1", in: "app", port).text.contains("SIZE_INVALID"))
            let huge = try RawHTTP(port: port)
            try huge.sendHead("PUT", "/v2/app/manifests/1", ["Content-Length": "999999999999999"])
            #expect(try huge.answer().status == 413)
            let long = [UInt8](repeating: 0x20, count: (4 << 20) + 1)
            #expect(try Push.put(long, at: "1", in: "app", port).status == 413)
            #expect(try RawHTTP.ask(port, "GET", "/v2/app/manifests/1").body == bytes)
            // Four MiB pass.
            let padded = bytes + [UInt8](repeating: 0x20, count: (4 << 20) - bytes.count)
            #expect(try Push.put(padded, at: "big", in: "app", port).status == 201)
        }
    }

    @Test func referrers() async throws {
        try await RegistryHouse.serve { port in
            let image = try Push.image(to: "app", tag: "1", port)
            let subject = Descriptor(image, mediaType: .imageManifest)
            let url = "/v2/app/referrers/\(subject.digest)"
            let none = try RawHTTP.ask(port, "GET", url)
            #expect(none.status == 200 && none["Content-Type"] == MediaType.imageIndex.rawValue)
            #expect(none.text.contains(#""manifests":[]"#))
            #expect(try RawHTTP.ask(port, "GET", "/v2/app/referrers/sha256:0").status == 400)
            #expect(try RawHTTP.ask(port, "GET", "/v2/nowhere/referrers/\(Self.nobody)").status == 200)

            let typed = try Push.manifest(
                artifactType: "application/x+json", subject: subject, annotations: ["a": "b"])
            let answer = try Push.put(typed, at: "\(Push.digest(typed))", in: "app", port)
            #expect(answer.status == 201 && answer["OCI-Subject"] == "\(subject.digest)")
            // Config's type stands in for a missing artifactType; the subject need not be there; indexes refer too.
            let untyped = try Push.manifest(subject: subject)
            #expect(try Push.put(untyped, at: "sig", in: "app", port)["OCI-Subject"] != nil)
            let early = try Push.manifest(
                subject: Descriptor(mediaType: .imageManifest, digest: Self.nobody, size: 9))
            #expect(try Push.put(early, at: "early", in: "app", port).status == 201)
            let index = try CanonicalJSON.encode(ImageIndex(manifests: [subject], subject: subject))
            #expect(
                try Push.put(index, at: "\(Push.digest(index))", in: "app", port, type: .imageIndex).status
                    == 201)

            func listed(_ query: String = "") throws -> [Descriptor] {
                let body = try RawHTTP.ask(port, "GET", url + query).body
                return try CanonicalJSON.decode(ImageIndex.self, from: body, what: "referrers").manifests
            }
            var expected = [
                Descriptor(
                    typed, mediaType: .imageManifest, artifactType: MediaType(rawValue: "application/x+json"),
                    annotations: ["a": "b"]),
                Descriptor(untyped, mediaType: .imageManifest, artifactType: .imageConfig),
                Descriptor(index, mediaType: .imageIndex),
            ]
            expected.sort { $0.digest < $1.digest }
            #expect(try listed() == expected)
            #expect(try listed("?artifactType=application/x%2Bjson").map(\.annotations) == [["a": "b"]])
            let filtered = try RawHTTP.ask(port, "GET", url + "?artifactType=application/none")
            #expect(
                filtered["OCI-Filters-Applied"] == "artifactType"
                    && filtered.text.contains(#""manifests":[]"#))
            #expect(
                try RawHTTP.ask(port, "GET", "/v2/app/referrers/\(Self.nobody)").text.contains(
                    "\(Push.digest(early))"))
            #expect(try RawHTTP.ask(port, "DELETE", "/v2/app/manifests/\(Push.digest(typed))").status == 202)
            #expect(try listed().count == 2)
        }
    }

    @Test func tagsAndCatalog() async throws {
        try await RegistryHouse.serve { port in
            #expect(try RawHTTP.ask(port, "GET", "/v2/app/tags/list").text.contains("NAME_UNKNOWN"))
            let bytes = try Push.image(to: "app", tag: "b", port)
            for tag in ["a", "C", "10", "9"] { _ = try Push.put(bytes, at: tag, in: "app", port) }
            try Push.image(to: "deep/er/app", tag: "x", port)
            let url = "/v2/app/tags/list"
            #expect(
                try RawHTTP.ask(port, "GET", url).text == #"{"name":"app","tags":["10","9","C","a","b"]}"#)
            let page = try RawHTTP.ask(port, "GET", url + "?n=2&last=10")
            #expect(page.text.contains(#"["9","C"]"#))
            #expect(page["Link"] == "</v2/app/tags/list?n=2&last=C>; rel=\"next\"")
            let last = try RawHTTP.ask(port, "GET", url + "?n=2&last=C")
            #expect(last.text.contains(#"["a","b"]"#) && last["Link"] == nil)
            let empty = try RawHTTP.ask(port, "GET", url + "?n=0")
            #expect(empty.text.contains("[]") && empty["Link"] == nil)
            #expect(
                try RawHTTP.ask(port, "GET", "/v2/_catalog").text
                    == #"{"repositories":["app","deep/er/app"]}"#)
        }
    }

    @Test func expectations() async throws {
        try await RegistryHouse.serve { port in
            let place = try #require(
                try RawHTTP.ask(port, "POST", "/v2/app/blobs/uploads/", body: [])["Location"])
            let connection = try RawHTTP(port: port)
            try connection.sendHead("PATCH", place, ["Expect": "100-continue"], bodyCount: 3)
            // Without the informational answer this would wait for the body, which only comes then.
            #expect(try connection.informational() == 100)
            try connection.send([1, 2, 3])
            #expect(try connection.answer()["Range"] == "0-2")
            // The connection goes on.
            #expect(try connection.ask("GET", "/v2/").status == 200)
        }
    }
}
