// SPDX-License-Identifier: Apache-2.0

import Storage
import Synchronization
import TestHouse
import Testing
import Vocabulary

@testable import Fetching

/// `pypi:NAME@VERSION`, over an index on loopback.
@Suite struct PythonSourceTests {
    private static let content = Array("an sdist".utf8)
    private static let digest = ContentHasher.digest(of: content)
    private static let other = String(repeating: "ab", count: 32)

    private static func page(_ digest: String, _ files: [String]) -> [UInt8] {
        let items = files.map {
            "{\"filename\": \"\($0)\", \"url\": \"../../files/\($0)\", \"hashes\": {\"sha256\": \"\(digest)\"}}"
        }
        return Array("{\"files\": [\(items.joined(separator: ","))]}".utf8)
    }

    private static func fetch(_ uri: String, _ expected: Recipe.Fetch.Digests) -> Recipe.Fetch {
        Recipe.Fetch(
            uri: uri, expected: expected, extracts: true, stripComponents: 1, directory: ".", deletes: false)
    }

    /// What the source became: its digest, or the error's kind and sentence.
    private func outcome(
        _ uri: String, _ expected: Recipe.Fetch.Digests = .none, page: [UInt8], further: [UInt8]? = nil,
        user: String = "",
        seen: @escaping @Sendable (ScriptedHTTP.Request) -> Void = { _ in }
    ) async throws -> (text: String, codes: [String]) {
        try await FetchingHouse.with { house in
            try await ScriptedHTTP.serve({ request in
                seen(request)
                if request.target == "/simple/app/" { return .init(200, [:], page) }
                if let further, request.target.hasPrefix("/further/") { return .init(200, [:], further) }
                return request.target.hasPrefix("/files/app-") ? .init(200, [:], Self.content) : .init(404)
            }) { port in
                let fetcher = SourceFetcher(
                    transport: house.transport, store: house.store, workers: house.workers,
                    python: PipSettings(
                        environment: [
                            "PIP_INDEX_URL": "http://\(user)127.0.0.1:\(port)/simple",
                            "PIP_EXTRA_INDEX_URL": further == nil ? "" : "http://127.0.0.1:\(port)/further",
                        ],
                        machineFiles: []),
                    archive: { (house.refresher, nil) })
                do throws(FetchingError) {
                    let (source, diagnostics) = try await fetcher.fetch(
                        Self.fetch(uri, expected), beside: HostPath(house.scratch.path))
                    #expect(house.store.size(of: source.digest) == Int64(Self.content.count))
                    return ("\(source.digest)", diagnostics.map(\.code.rawValue))
                } catch { return ("\(error.kind): \(error)", []) }
            }
        }
    }

    @Test func theVersionsSourceDistributionIsTakenAndHeldAgainstItsDigest() async throws {
        let page = Self.page(Self.digest.hex, ["app-1.0.tar.gz", "app-1.0.zip", "app-2.0.tar.gz"])
        let found = try await outcome("pypi:App@1.0", .sha256(Self.digest), page: page)
        #expect(found.text == "\(Self.digest)")
        #expect(found.codes.isEmpty)
    }

    @Test func aFurtherIndexDoesNotTakeThePlaceOfTheFirst() async throws {
        let asked = Mutex<[String]>([])
        let found = try await outcome(
            "pypi:app@1.0", page: Self.page(Self.digest.hex, ["app-1.0.zip"]),
            further: Self.page(Self.other, ["app-1.0.tar.gz"])
        ) { request in asked.withLock { $0.append(request.target) } }
        #expect(found.text == "\(Self.digest)")
        #expect(Set(asked.withLock { $0 }) == ["/simple/app/", "/files/app-1.0.zip"])
        let newer = try await outcome(
            "pypi:app@2.0", page: Self.page(Self.digest.hex, ["app-1.0.zip"]),
            further: Self.page(Self.digest.hex, ["app-2.0.tar.gz"]))
        #expect(newer.text.contains("no source distribution of 2.0; it has 1.0"))
    }

    @Test func aFurtherIndexIsTakenWhereTheFirstDoesNotKnowTheProjectOrHasNotTheDigest() async throws {
        let page = Self.page(Self.digest.hex, ["app-1.0.zip", "none-1.0.zip"])
        let unknown = try await outcome("pypi:none@1.0", .sha256(Self.digest), page: [], further: page)
        // The project is found; the server has no such file.
        #expect(unknown.text.contains("there is no http://127.0.0.1"))
        let pinned = try await outcome(
            "pypi:app@1.0", .sha256(Self.digest), page: Self.page(Self.other, ["app-1.0.tar.gz"]),
            further: page)
        #expect(pinned.text == "\(Self.digest)")
    }

    @Test(arguments: [(3, "at most 3 bytes"), (20, "20 bytes, by its index")])
    func aFileOfAnotherSizeThanTheIndexSaysIsRefused(_ given: (size: Int, words: String)) async throws {
        let page = """
            {"files": [{"filename": "app-1.0.tar.gz", "url": "/files/app-1.0.tar.gz", "size": \(given.size)}]}
            """
        let found = try await outcome("pypi:app@1.0", page: Array(page.utf8))
        #expect(found.text.hasPrefix("sourceMismatch") && found.text.contains(given.words), "\(found.text)")
    }

    @Test func aMissingVersionNamesThoseThatAreThere() async throws {
        let page = Self.page(
            Self.digest.hex, ["app-1.0.tar.gz", "app-1.10.tar.gz", "app-1.9.tar.gz", "app-1.9.zip"])
        let found = try await outcome("pypi:app@3", page: page)
        #expect(found.text.contains("no source distribution of 3; it has 1.10, 1.9, 1.0"))
    }

    @Test func aFileThatIsNotWhatTheIndexSaysIsRefusedWithBothDigests() async throws {
        let found = try await outcome("pypi:app@1.0", page: Self.page(Self.other, ["app-1.0.tar.gz"]))
        #expect(found.text.hasPrefix("sourceMismatch"))
        #expect(found.text.contains(Self.other) && found.text.contains(Self.digest.hex))
    }

    @Test func anIndexThatNamesAnotherDigestThanTheRecipeIsRefusedBeforeItsFileIsAsked() async throws {
        let asked = Mutex<[String]>([])
        let found = try await outcome(
            "pypi:app@1.0", .sha256(Self.digest), page: Self.page(Self.other, ["app-1.0.tar.gz"])
        ) { request in asked.withLock { $0.append(request.target) } }
        #expect(found.text.hasPrefix("sourceMismatch"))
        #expect(Set(asked.withLock { $0 }) == ["/simple/app/"])
    }

    @Test func aWithdrawnReleaseIsTakenWithAWarning() async throws {
        let page = """
            {"files": [{"filename": "app-1.0.tar.gz", "url": "/files/app-1.0.tar.gz", "yanked": "leaks"}]}
            """
        let found = try await outcome("pypi:app@1.0", .sha256(Self.digest), page: Array(page.utf8))
        #expect(found.text == "\(Self.digest)")
        #expect(found.codes == ["source-withdrawn"])
    }

    @Test func htmlIsReadWhereAnIndexHasNoJSON() async throws {
        let page = "<a href=\"/files/app-1.0.tar.gz#sha256=\(Self.digest.hex)\">app-1.0.tar.gz</a>"
        #expect(try await outcome("pypi:app@1.0", page: Array(page.utf8)).text == "\(Self.digest)")
    }

    @Test(arguments: ["pypi:", "pypi:app", "pypi:../x@1", "pypi:app@", "pypi:app@x", "pypi:none@1.0"])
    func addressesThatNameNothing(_ uri: String) async throws {
        let found = try await outcome(uri, page: Self.page(Self.digest.hex, ["app-1.0.tar.gz"]))
        #expect(found.text.hasPrefix("source: "))
    }

    @Test func aPasswordReachesTheIndexAndNoMessage() async throws {
        let headers = Mutex<[String]>([])
        let page = Self.page(Self.other, ["app-1.0.tar.gz"])
        let found = try await outcome("pypi:app@1.0", page: page, user: "user:geheim@") { request in
            headers.withLock { $0.append(request.headers["authorization"] ?? "") }
        }
        #expect(Set(headers.withLock { $0 }) == ["Basic dXNlcjpnZWhlaW0="])
        #expect(headers.withLock { $0.count } >= 2)
        #expect(!found.text.contains("geheim"))
        let missing = try await outcome("pypi:none@1.0", page: page, user: "user:geheim@")
        #expect(missing.text.contains("asked: http://127.0.0.1:"))
        #expect(!missing.text.contains("geheim"))
    }
}
