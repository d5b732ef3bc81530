// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing

@testable import Vocabulary

@Suite struct PackageIndexTests {
    private static let digest = String(repeating: "0123456789abcdef", count: 4)

    private static let stanza = """
        Package: redis-server
        Source: redis (5:8.0)
        Version: 5:8.0-1
        Installed-Size: 178
        Maintainer: A Person <a@example.org>
        Architecture: amd64
        Replaces: old
        Provides: kv-store, redis-api (= 8), broken (>= 1)
        Depends: redis-tools (= 5:8.0-1),
         libc6 (>= 2.38)
        Pre-Depends: init-system-helpers
        Conflicts: other
        Breaks: older (<< 1)
        Description: a store
         with more lines
        Homepage: https://redis.example.org/
        Multi-Arch: foreign
        Essential: yes
        Priority: important
        Filename: pool/main/r/redis/redis-server_8.0-1_amd64.deb
        Size: 67364
        SHA256: \(digest)

        """

    private func parse(_ text: String) throws -> PackageIndex {
        try DebianIndexParser.parse(Array(text.utf8))
    }

    @Test func keepsEveryField() throws {
        let record = try #require(try parse(Self.stanza).records(named: "redis-server").first)
        #expect(record.name.text == "redis-server")
        #expect(record.version == "5:8.0-1")
        #expect(record.architecture == "amd64")
        #expect(record.sourceName.text == "redis")
        #expect(record.sourceVersion == "5:8.0")
        #expect(record.installedSize == Int64(182_272))
        #expect(record.size == 67364)
        #expect(record.maintainer == "A Person <a@example.org>")
        #expect(record.homepage == "https://redis.example.org/")
        #expect(record[.depends] == "redis-tools (= 5:8.0-1),\n libc6 (>= 2.38)")
        #expect(record[.preDepends] == "init-system-helpers")
        #expect(record[.conflicts] == "other")
        #expect(record[.breaks] == "older (<< 1)")
        #expect(record[.replaces] == "old")
        #expect(record.multiArch == .foreign)
        #expect(record.priority == .important)
        #expect(record.isEssential)
        #expect(record.filename == "pool/main/r/redis/redis-server_8.0-1_amd64.deb")
        #expect(record.digest?.hex == Self.digest)
    }

    @Test func findsNamesVersionsAndProviders() throws {
        let index = try PackageWorld.parse(
            """
            zlib1g 1
            a 2; provides: x, y (= 3)
            b 1; provides: x (= 1)
            a 1
            a+ 1
            """)
        #expect(index.count == 5)
        #expect(index.nameCount == 4)
        #expect(index.records(named: "a").map(\.version) == ["2", "1"])
        #expect(index.records(named: "").isEmpty)
        #expect(index.records(named: "aa").isEmpty)
        #expect(index.records(named: "zzz").isEmpty)
        #expect(index.providers(of: "x").map { "\($0.record.name) \($0.version ?? "-")" } == ["a -", "b 1"])
        #expect(index.providers(of: "y").map(\.version) == ["3"])
        #expect(index.providers(of: "z").isEmpty)
        var names: [String] = []
        index.forEachName { names.append(String(decoding: $0, as: UTF8.self)) }
        #expect(names == ["a", "a+", "b", "zlib1g"])
        #expect(PackageIndex.empty.records(named: "a").isEmpty)
    }

    @Test func aProvideThatIsNeitherBareNorExactPromisesNothing() throws {
        let index = try parse(Self.stanza)
        #expect(index.providers(of: "kv-store").count == 1)
        #expect(index.providers(of: "redis-api").first?.version == "8")
        #expect(index.providers(of: "broken").isEmpty)
    }

    @Test func readsItsOwnBytes() throws {
        let index = try parse(Self.stanza)
        let again = try PackageIndex(validating: index.bytes)
        #expect(again == index)
        #expect(again.records(named: "redis-server").first?.version == "5:8.0-1")
        #expect(try PackageIndex(validating: PackageIndex.empty.bytes).count == 0)
    }

    static let faults: [(change: (String, String), reason: String)] = [
        (
            ("SHA256: \(digest)\n", ""),
            "the record of 'redis-server' at line 1 of the package index has no SHA256"
        ),
        (("Size: 67364\n", ""), "has no Size"),
        (("Filename: pool/main/r/redis/redis-server_8.0-1_amd64.deb\n", ""), "has no Filename"),
        (("Version: 5:8.0-1\n", ""), "has no Version"),
        (("Architecture: amd64\n", ""), "has no Architecture"),
        (
            ("Package: redis-server\n", ""),
            "the record of '(unnamed)' at line 1 of the package index has no Package"
        ),
        (("Size: 67364\n", "Size: 67364\nsize: 1\n"), "has Size twice"),
        (("Size: 67364", "Size: 67 364"), "impossible Size"),
        (("Size: 67364", "Size: -1"), "impossible Size"),
        (("Size: 67364", "Size: 0"), "impossible Size"),
        (("Size: 67364", "Size: 9999999999999999999"), "impossible Size"),
        (("SHA256: 0", "SHA256: g"), "impossible SHA256"), (("SHA256: 01", "SHA256: 1"), "impossible SHA256"),
        (("Version: 5:8.0-1", "Version: 5:8.0 1"), "impossible Version"),
        (("Package: redis-server", "Package: redis/server"), "impossible Package"),
        (("Filename: pool/", "Filename: ../pool/"), "impossible Filename"),
        (("Filename: pool/", "Filename: /pool/"), "impossible Filename"),
        (("pool/main/r", "pool/main/../r"), "impossible Filename"),
        (("pool/main/r", "pool//r"), "impossible Filename"),
        (("Installed-Size: 178", "Installed-Size: many"), "impossible Installed-Size"),
        (("Source: redis (5:8.0)", "Source: redis (5:8.0"), "impossible Source"),
        (("Priority: important", "Priority"), "line 19 of the package index is no field: 'Priority'"),
        (("Priority: important", "#Priority: important"), "is no field"),
        (("Package: redis-server", " x\nPackage: redis-server"), "line 1 of the package index is no field"),
    ]

    @Test(arguments: faults.indices) func refuses(_ place: Int) {
        let fault = Self.faults[place]
        guard let range = Self.stanza.firstRange(of: fault.change.0) else {
            Issue.record("the fault changes nothing")
            return
        }
        do {
            _ = try parse(
                String(Self.stanza[..<range.lowerBound]) + fault.change.1 + Self.stanza[range.upperBound...])
            Issue.record("it was read")
        } catch {
            #expect("\(error)".contains(fault.reason), "\(error)")
        }
    }

    @Test func keepsLimits() {
        func parse(_ change: (inout IndexTextLimits) -> Void) throws -> PackageIndex {
            var limits = IndexTextLimits()
            change(&limits)
            return try DebianIndexParser.parse(Array((Self.stanza + "\n" + Self.stanza).utf8), limits: limits)
        }
        #expect(throws: IndexTextError.tooLarge(what: "the number of records", limit: 1)) {
            try parse { $0.records = 1 }
        }
        #expect(throws: IndexTextError.self) { try parse { $0.bytes = 100 } }
        #expect(throws: IndexTextError.self) { try parse { $0.fieldBytes = 20 } }
        #expect(throws: IndexTextError.self) { try parse { $0.provides = 2 } }
        #expect(throws: Never.self) { try parse { $0.records = 2 } }
    }
}

@Suite struct PackageIndexMutationTests {
    private static let world = """
        a 1; depends: b (>= 1), c | d; provides: x, y (= 2); multi-arch: same
        b 1; conflicts: x; breaks: e (<< 3)
        b 2; pre-depends: f; source: s (1)
        c 1; arch: all
        e 5
        """

    /// Whatever a damaged index lets through is read to the end without leaving the buffer.
    @Test func aDamagedCacheIsRefusedOrReadable() throws {
        let good = try PackageWorld.parse(Self.world).bytes
        var refused = 0
        for bytes in Mutations(of: good, count: 6000, seed: 41) {
            guard let index = try? PackageIndex(validating: bytes) else {
                refused += 1
                continue
            }
            for position in 0..<index.count {
                let record = index.record(at: position)
                for text in PackageRecord.Text.allCases { _ = record[text] }
                _ = (record.name, record.sourceName, record.digest, record.size, record.installedSize)
                _ = index.records(named: record.name.text)
            }
            for name in ["a", "b", "x", "y", "zz", ""] {
                for provider in index.providers(of: name) { _ = provider.record.name }
            }
        }
        #expect(refused > 4000)
    }

    /// Every number of the header and of the tables, set to what it must not be.
    @Test func everyOffsetIsChecked() throws {
        let good = try PackageWorld.parse(Self.world)
        let layout = good.layout
        var numbers = [8, 12, 16, 20, 24]
        for record in 0..<layout.records {
            let start = layout.recordsStart + record * PackageIndexLayout.recordSize
            numbers += PackageRecord.Text.allCases.flatMap { [start + $0.offset, start + $0.offset + 4] }
        }
        numbers += (0...layout.names).map { layout.namesStart + $0 * 4 }
        for provide in 0..<layout.provides {
            let start = layout.providesStart + provide * PackageIndexLayout.provideSize
            numbers += [start, start + 4, start + 8, start + 12, start + 16]
        }
        for place in numbers {
            var bytes = good.bytes
            bytes.replaceSubrange(place..<place + 4, with: [0xFF, 0xFF, 0xFF, 0xFF])
            #expect(throws: PackageIndexError.self, "at \(place)") { try PackageIndex(validating: bytes) }
        }
        for cut in 0..<good.bytes.count {
            #expect(throws: PackageIndexError.self) {
                try PackageIndex(validating: Array(good.bytes[..<cut]))
            }
        }
    }

    @Test func aDamagedTextIsRefusedOrMakesASoundIndex() throws {
        let good = Array(PackageWorld.index(Self.world).utf8)
        var read = 0
        for bytes in Mutations(
            of: good, tokens: ["\n", "\n\n", "Package: a\n", "Provides: ", ", (= 1", "SHA256: ", "\n "],
            count: 4000,
            seed: 42)
        {
            guard let index = try? DebianIndexParser.parse(bytes) else { continue }
            read += 1
            #expect(throws: Never.self) { try PackageIndex(validating: index.bytes) }
        }
        #expect(read > 300)
    }
}
