// SPDX-License-Identifier: Apache-2.0
import Archives
import TestHouse
import Testing
import Vocabulary

/// Files that the gzip program wrote, one after the other.
@Suite struct GzipMembersTests {
    private struct Seen: Equatable {
        var range: Range<Int64>
        var text: String
        var compressed: [UInt8]
    }

    private static let script = """
        echo one | gzip -n >1; printf '' | gzip -n >2; seq 20000 | gzip -n >3; cat 1 2 3 >out
        """

    private static func members(_ source: any ByteSource) throws -> [Seen] {
        let members = try GzipMembers(source)
        var all: [Seen] = []
        var compressed = MemorySink()
        while true {
            compressed = MemorySink()
            guard try members.next(observing: { compressed.write($0) }) else { return all }
            let text = String(decoding: try drain(members, piece: 700), as: UTF8.self)
            all.append(.init(range: members.start..<members.end, text: text, compressed: compressed.bytes))
        }
    }

    @Test(arguments: [1, 7, 512, 1 << 20])
    func eachMemberHasItsBytesAndItsPlace(piece: Int) throws {
        let scratch = try Scratch()
        try scratch.sh(Self.script)
        let parts = try ["1", "2", "3"].map(scratch.read)
        let seen = try Self.members(Trickle(try scratch.read("out"), piece: piece))
        #expect(seen.map(\.compressed) == parts)
        #expect(seen.map(\.text).prefix(2) == ["one\n", ""])
        #expect(seen.last?.text.hasSuffix("\n20000\n") == true)
        var start: Int64 = 0
        for (member, part) in zip(seen, parts) {
            #expect(member.range == start..<start + Int64(part.count))
            start = member.range.upperBound
        }
    }

    @Test func whatWasNotReadIsPassedOver() throws {
        let scratch = try Scratch()
        try scratch.sh("seq 100000 | gzip -n >1; echo two | gzip -n >2; cat 1 2 >out")
        let members = try GzipMembers(MemorySource(try scratch.read("out")))
        #expect(try members.next())
        #expect(try members.next())
        #expect(members.start == Int64(try scratch.read("1").count))
        #expect(try drain(members) == Array("two\n".utf8))
        #expect(try !members.next())
    }

    @Test func limitsHoldForEachMember() throws {
        let scratch = try Scratch()
        try scratch.sh("head -c 1000 /dev/zero | gzip -n >1; cat 1 1 >out")
        let file = try scratch.read("out")
        let members = try GzipMembers(MemorySource(file))
        for _ in 0..<2 {
            #expect(try members.next(limits: DecodingLimits(outputBytes: 1_000)))
            #expect(try drain(members).count == 1_000)
        }
        let small = try GzipMembers(MemorySource(file))
        #expect(try small.next(limits: DecodingLimits(outputBytes: 999)))
        let bomb = ArchiveError.limitExceeded(.gzip, .outputBytes, allowed: 999)
        #expect(throws: bomb) { try drain(small) }
        #expect(throws: bomb) { try small.next() }
    }

    @Test func damageAndLeftoversAreRefused() throws {
        let scratch = try Scratch()
        try scratch.sh("\(Self.script); cp out tail; echo rest >>tail; head -c 40 out >short; cp out flipped")
        var flipped = try scratch.read("out")
        flipped[flipped.count - 6] ^= 1
        #expect(throws: ArchiveError.trailingGarbage(.gzip, at: Int64(flipped.count))) {
            try Self.members(MemorySource(try scratch.read("tail")))
        }
        #expect(throws: ArchiveError.truncated(.gzip, at: 40)) {
            try Self.members(MemorySource(try scratch.read("short")))
        }
        #expect(throws: ArchiveError.self) { try Self.members(MemorySource(flipped)) }
        #expect(throws: ArchiveError.malformed(.gzip, reason: "this is another format", at: 0)) {
            try Self.members(MemorySource(Array("no gzip at all".utf8)))
        }
    }
}
