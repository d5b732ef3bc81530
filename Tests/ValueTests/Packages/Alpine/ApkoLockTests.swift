// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing
import Vocabulary

@Suite struct ApkoLockTests {
    static let folder = "../shared/fixtures/apk/apko-cli"
    static let isHere = FileManager.default.fileExists(atPath: folder)

    private static func bytes(_ name: String) throws -> [UInt8] {
        Array(try #require(FileManager.default.contents(atPath: "\(folder)/\(name)")))
    }

    /// apko's own files are written again as they are, byte for byte.
    @Test(
        .enabled(if: isHere, "needs ../shared/fixtures"),
        arguments: ["apko.lock.json", "apko-discover.lock.json", "image_on_top.apko.lock.json"])
    func apkosOwnBytes(_ name: String) throws {
        let bytes = try Self.bytes(name)
        #expect(try ApkoLock(bytes, what: name).encode() == bytes)
    }

    @Test(.enabled(if: isHere, "needs ../shared/fixtures")) func whatItSays() throws {
        let lock = try ApkoLock(try Self.bytes("apko.lock.json"), what: "the lock")
        #expect(lock.config?.checksum == "sha256-eal7+HCFuOLz/8m3vNO5cYyNK0Zw7AphCcsc76TbTXg=")
        #expect(
            lock.contents.packages.map { "\($0.architecture) \($0.name) \($0.version)" } == [
                "x86_64 pretend-baselayout 1.0.0-r0", "x86_64 replayout 1.0.0-r0",
                "aarch64 pretend-baselayout 1.0.0-r0", "aarch64 replayout 1.0.0-r0",
            ])
        let package = try #require(lock.contents.packages.first)
        #expect(package.signature.bytes == 0...646)
        #expect(package.control.bytes == 647...1628)
        #expect(package.size == 2930)
        #expect(package.checksum == "Q1m6wB0UFePGN8Drz82pC8y2uAiu8=")
    }

    /// Before apko 0.13 there was no checksum of the definition, and none of the package but the control member's.
    @Test(.enabled(if: isHere, "needs ../shared/fixtures")) func anOldOne() throws {
        let lock = try ApkoLock(try Self.bytes("apko.pre-0.13.lock.json"), what: "the lock")
        #expect(lock.config == nil)
        #expect(lock.contents.packages.count == 4)
        #expect(lock.contents.packages[0].checksum == "Q1cs+Hlyu5sY+1mmwKPedcRWj8E24=")
        #expect(lock.contents.packages[0].size == 2900)
    }

    private static func package(_ members: String = "") -> String {
        """
        {"name": "a", "url": "https://apk.example.org/x86_64/a-1-r0.apk", "version": "1-r0", "architecture": "x86_64",
         "control": {"range": "bytes=0-9", "checksum": "sha1-AAAA"},
         "data": {"range": "bytes=10-19", "checksum": "sha256-AAAA"}\(members)}
        """
    }

    @Test func unsignedPackage() throws {
        let text = #"{"version": "v1", "contents": {"packages": [\#(Self.package())]}}"#
        let lock = try ApkoLock(Array(text.utf8), what: "the lock")
        #expect(lock.contents.packages[0].signature == .none)
        #expect(lock.contents.packages[0].checksum == "Q1AAAA")
        #expect(
            String(decoding: lock.encode(), as: UTF8.self).contains(
                "\"signature\": {\n          \"range\": \"\""))
    }

    @Test func textThatGoEscapes() throws {
        var contents = ApkoLock.Contents()
        contents.keyring = [.init(name: "a<b>&c", url: "\u{2028}\u{1}\"\\\t", content: nil)]
        let text = String(decoding: ApkoLock(config: nil, contents: contents).encode(), as: UTF8.self)
        #expect(text.contains(#""name": "a\u003cb\u003e\u0026c""#))
        #expect(text.contains(#""url": "\u2028\u0001\"\\\t""#))
        let again = try ApkoLock(Array(text.utf8), what: "the lock")
        #expect(again.contents == contents)
    }

    @Test(arguments: [
        ("another format", #"{"version": "v2", "contents": {"packages": []}}"#, "its format is 'v2'"),
        ("no packages", #"{"version": "v1", "contents": {}}"#, "no 'packages'"),
        (
            "no range",
            #"{"version": "v1", "contents": {"packages": [\#(package().replacing("bytes=10-19", with: "10-19"))]}}"#,
            "no range of its data"
        ),
        (
            "range backwards",
            #"{"version": "v1", "contents": {"packages": [\#(package().replacing("bytes=10-19", with: "bytes=19-10"))]}}"#,
            "no range of its data"
        ),
        ("no JSON", "version: v1", "is not what it should be"),
    ]) func refused(_ name: String, _ text: String, _ says: String) {
        let error = #expect(throws: CanonicalJSON.ReadError.self, "\(name)") {
            try ApkoLock(Array(text.utf8), what: "the lock")
        }
        #expect(error?.description.contains(says) == true, "\(name): \(error?.description ?? "")")
    }
}
