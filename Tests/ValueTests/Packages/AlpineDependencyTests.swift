// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Vocabulary

@Suite struct AlpineDependencyTests {
    @Test(arguments: [
        "a", "a=1.2-r0", "a<1", "a>1", "a<=1", "a>=1", "a~1.2", "a<~1.2", "a>~1.2", "!a", "!a<2",
        "so:libc.musl-x86_64.so.1=1", "cmd:[", "pc:gtk+-3.0>=3", "/bin/sh", "py3.11:numpy", "a,b[c]=1",
        "a><Q1abc=", "cmd:g++=12-r0", "a~1.2~abc-r1",
    ])
    func readsAndWrites(_ text: String) throws {
        let found = try AlpineDependency.parse(text)
        #expect(found.map(\.description) == [text])
    }

    @Test(arguments: [
        ("a=~1", "a~1"), ("a~=1", "a~1"), ("a=<1", "a<=1"), ("a=>1", "a>=1"), ("a~<1", "a<~1"),
        ("a><1", "a<>1"),
    ])
    func otherSpellings(_ pair: (String, String)) throws {
        #expect(try AlpineDependency.parse(pair.0).map(\.description) == [pair.1])
    }

    @Test func severalStandBesideOneAnother() throws {
        let found = try AlpineDependency.parse("a  !b<2\nc")
        #expect(found.map(\.name) == ["a", "b", "c"])
        #expect(found.map(\.isConflict) == [false, true, false])
        #expect(try AlpineDependency.parse("").isEmpty)
    }

    @Test(arguments: ["=1", "!", "a@edge", "!=1", "é", "a=1.0p1", "a=", "a>1<2", "a=foo", "a~"])
    func refused(_ text: String) {
        #expect(throws: AlpineDependencyError.self) { try AlpineDependency.parse(text) }
    }

    @Test func tellsWhatIsWrong() {
        #expect(throws: AlpineDependencyError.badVersion("b=1.0p1")) {
            try AlpineDependency.parse("a b=1.0p1")
        }
        #expect(throws: AlpineDependencyError.malformed("b@edge")) { try AlpineDependency.parse("b@edge") }
        #expect(throws: AlpineDependencyError.tooMany) {
            try AlpineDependency.parse(String(repeating: "a ", count: 20_001))
        }
    }

    static let comparisons: [(dependency: String, accepts: String, refuses: String)] = [
        ("a", "1 2", ""), ("a=1.2", "1.2", "1.2-r0 1.20 1.3"), ("a<2", "1 1.9 2_rc1", "2 2.0"),
        ("a>2", "2.0 3", "2 2_rc1"), ("a<=2", "2 1", "2.0"), ("a>=2", "2 2.0", "1.9"),
        ("a~1.2", "1.2 1.2.3-r4 1.2_rc1", "1.20 1.3 1"), ("a<~1.2", "1.1 1.2.9", "1.3"),
        ("a>~1.2", "1.2.9 1.3", "1.1"), ("a<>2", "1 3", "2"),
    ]

    @Test(arguments: comparisons) func compares(
        _ example: (dependency: String, accepts: String, refuses: String)
    ) throws {
        let dependency = try #require(try AlpineDependency.parse(example.dependency).first)
        func accepts(_ text: Substring) -> Bool {
            dependency.accepts(AlpineVersion(text), checksum: nil)
        }
        #expect(example.accepts.split(separator: " ").allSatisfy(accepts))
        #expect(!example.refuses.split(separator: " ").contains(where: accepts))
    }

    @Test func aNameWithoutAVersionMeetsNoVersion() throws {
        let dependencies = try AlpineDependency.parse("a a>=0 a><Q1x=")
        #expect(dependencies.map { $0.accepts(nil, checksum: "Q1x=") } == [true, false, true])
        #expect(dependencies.map { $0.accepts(AlpineVersion("1"), checksum: "Q1y=") } == [true, true, false])
    }
}
