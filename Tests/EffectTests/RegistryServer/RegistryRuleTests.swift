// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import RegistryServer

/// What the registry decides before it touches a disk.
@Suite struct RegistryRuleTests {
    private static let hex = String(repeating: "ab", count: 32)

    /// The route in one word each, `-` where it is refused with a status.
    private func read(_ path: String) -> String {
        do throws(RegistryFailure) {
            switch try Route(path: path[...]) {
            case .root: return "root"
            case .catalog: return "catalog"
            case .blob(let name, let digest): return "blob \(name) \(digest.short)"
            case .uploads(let name): return "uploads \(name)"
            case .upload(let name, let id): return "upload \(name) \(id)"
            case .manifest(let name, let reference): return "manifest \(name) \(reference)"
            case .tags(let name): return "tags \(name)"
            case .referrers(let name, let digest): return "referrers \(name) \(digest.short)"
            }
        } catch { return "\(error.status) \(error.code.rawValue)" }
    }

    @Test(arguments: [
        ("/v2", "root"), ("/v2/", "root"), ("/v2/_catalog", "catalog"), ("/v1/", "404 UNSUPPORTED"),
        ("/v2x/", "404 UNSUPPORTED"), ("/", "404 UNSUPPORTED"),
        ("/v2/a/tags/list", "tags a"), ("/v2/a/b/c/tags/list", "tags a/b/c"),
        ("/v2/tags/list/tags/list", "tags tags/list"), ("/v2/tags/list", "404 UNSUPPORTED"),
        ("/v2/a/manifests/1.0", "manifest a 1.0"), ("/v2/a/manifests/.x", "400 MANIFEST_INVALID"),
        ("/v2/a/manifests/sha256:\(hex)", "manifest a sha256:\(hex)"),
        ("/v2/a/manifests/sha256%3A\(hex)", "manifest a sha256:\(hex)"),
        ("/v2/a/manifests/sha256:00", "400 DIGEST_INVALID"), ("/v2/a/manifests/md5:00", "400 DIGEST_INVALID"),
        ("/v2/manifests/manifests/manifests", "manifest manifests manifests"),
        ("/v2/a/blobs/sha256:\(hex)", "blob a abababababab"), ("/v2/a/blobs/x", "400 DIGEST_INVALID"),
        ("/v2/blobs/uploads/blobs/uploads/", "uploads blobs/uploads"),
        ("/v2/a/blobs/uploads/", "uploads a"), ("/v2/a/blobs/uploads", "uploads a"),
        ("/v2/a/blobs/uploads/7f", "upload a 7f"),
        ("/v2/a/referrers/sha256:\(hex)", "referrers a abababababab"),
        ("/v2/A/tags/list", "400 NAME_INVALID"), ("/v2//tags/list", "400 NAME_INVALID"),
        ("/v2/../../etc/tags/list", "400 NAME_INVALID"), ("/v2/a/../b/tags/list", "400 NAME_INVALID"),
        ("/v2/a%2f..%2fb/tags/list", "400 NAME_INVALID"), ("/v2/a%00/tags/list", "400 NAME_INVALID"),
        ("/v2/_blobs/tags/list", "400 NAME_INVALID"), ("/v2/a%/tags/list", "404 UNSUPPORTED"),
        ("/v2/" + String(repeating: "a/", count: 600) + "tags/list", "404 UNSUPPORTED"),
    ])
    func route(path: String, expected: String) { #expect(read(path) == expected) }

    @Test(
        arguments: [
            (nil, ByteRange.whole), ("bytes=0-", .part(0...9)), ("bytes=3-5", .part(3...5)),
            ("bytes=3-99", .part(3...9)),
            ("bytes=-4", .part(6...9)), ("bytes=-99", .part(0...9)), ("bytes=9-9", .part(9...9)),
            ("bytes=10-", .unsatisfiable), ("bytes=10-12", .unsatisfiable), ("bytes=-0", .unsatisfiable),
            ("bytes=5-3", .whole), ("bytes=a-b", .whole), ("bytes=-", .whole), ("bytes=0-1,3-4", .whole),
            ("items=0-1", .whole), ("bytes=+1-2", .whole), ("bytes=0-99999999999999999999", .whole),
        ] as [(String?, ByteRange)])
    func range(field: String?, expected: ByteRange) { #expect(ByteRange(field, size: 10) == expected) }

    @Test func rangeOfNothing() {
        #expect(ByteRange("bytes=0-", size: 0) == .unsatisfiable)
        #expect(ByteRange("bytes=-1", size: 0) == .unsatisfiable)
        #expect(ByteRange(nil, size: 0) == .whole)
    }

    @Test(arguments: ["bytes 0-9", "0", "9-0", "-1-3", "0-9/10", "a-b", "", "0-9223372036854775807"])
    func chunkThatIsNone(field: String) {
        #expect(throws: RegistryFailure.self) { try ChunkRange(field) }
    }

    @Test func pages() throws {
        let names = ["A", "a", "b", "c"]
        #expect(try NamePage(names, n: nil, last: nil) == NamePage(names, n: "4", last: nil))
        let first = try NamePage(names, n: "2", last: nil)
        #expect(first.names == ["A", "a"] && first.next == "n=2&last=a")
        let second = try NamePage(names, n: "2", last: "a")
        #expect(second.names == ["b", "c"] && second.next == nil)
        let none = try NamePage(names, n: "0", last: nil)
        #expect(none.names == [] && none.next == nil)
        #expect(try NamePage(names, n: nil, last: "aa").names == ["b", "c"])
        #expect(try NamePage(names, n: "99999999999999", last: nil).names == names)
        #expect(throws: RegistryFailure.self) { try NamePage(names, n: "-1", last: nil) }
    }

    @Test func queries() {
        let query = Query("artifactType=application/x+json&n=1&n=2&digest=sha256%3Aab&bad=%zz&empty")
        #expect(query["artifactType"] == "application/x+json")
        #expect(
            query["n"] == "1" && query["digest"] == "sha256:ab" && query["bad"] == nil && query["empty"] == ""
        )
    }

    @Test(
        arguments: [
            ("127.0.0.1:5000", "127.0.0.1:5000"), ("localhost:0", "127.0.0.1:0"), ("[::1]:80", "[::1]:80"),
            ("127.1.2.3:1", "127.1.2.3:1"), ("0.0.0.0:5000", nil), ("192.0.2.1:5000", nil),
            ("127.evil.example:1", nil),
            ("127.0.0.1.evil.example:1", nil), ("[::]:1", nil), (":5000", nil), ("127.0.0.1", nil),
            ("127.0.0.1:x", nil),
            ("127.0.0.1:99999", nil),
        ] as [(String, String?)])
    func address(text: String, expected: String?) {
        #expect((try? LoopbackAddress(text))?.description == expected)
    }

    @Test(arguments: [
        ("localhost", true), ("LOCALHOST:5000", true), ("127.0.0.1:5000", true), ("[::1]:5000", true),
        ("[::1]", true),
        ("evil.example:5000", false), ("127.0.0.1.evil.example", false), ("", false),
    ])
    func authority(text: String, isLoopback: Bool) {
        #expect(LoopbackAddress.isLoopback(authority: text) == isLoopback)
    }
}
