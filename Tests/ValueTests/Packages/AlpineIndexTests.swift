// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing

@testable import Vocabulary

@Suite struct AlpineIndexTests {
    static let checksum = "Q1/HhSewwwOXgl0r0ffb0O0BRtYcA="
    static let record = """
        C:Q1/HhSewwwOXgl0r0ffb0O0BRtYcA=
        P:busybox
        V:1.35.0-r29
        A:x86_64
        S:509600
        I:962560
        T:Size optimized toolbox
        U:https://busybox.example.org/
        L:GPL-2.0-only
        o:busybox-origin
        m:A Person <a@example.org>
        t:1665410225
        c:4b8a5d3cd4e4f4b1e3c2
        k:100
        D:so:libc.musl-x86_64.so.1 !other<2
        p:/bin/sh cmd:busybox=1.35.0-r29 cmd:sh=1.35.0-r29 odd>1
        i:busybox=1.35.0-r29 docs

        """

    private func parse(_ text: String) throws(IndexTextError) -> PackageIndex {
        try AlpineIndexParser.parse(Array(text.utf8))
    }

    @Test func keepsEveryField() throws {
        let record = try #require(try parse(Self.record).records(named: "busybox").first)
        #expect(record.name.text == "busybox")
        #expect(record.version == "1.35.0-r29")
        #expect(record.architecture == "x86_64")
        #expect(record.size == 509_600)
        #expect(record.installedSize == Int64(962_560))
        #expect(record.homepage == "https://busybox.example.org/")
        #expect(record.license == "GPL-2.0-only")
        #expect(record.sourceName.text == "busybox-origin")
        #expect(record.sourceVersion == "1.35.0-r29")
        #expect(record.maintainer == "A Person <a@example.org>")
        #expect(record.providerPriority == 100)
        #expect(record.checksum == Self.checksum)
        #expect(record.digest == nil)
        #expect(record.filename == "busybox-1.35.0-r29.apk")
        #expect(record[.depends] == "so:libc.musl-x86_64.so.1 !other<2")
        #expect(record[.installIf] == "busybox=1.35.0-r29 docs")
        #expect(record.unknownField == nil)
    }

    @Test func findsProviders() throws {
        let index = try parse(Self.record)
        #expect(index.providers(of: "/bin/sh").map(\.version) == [nil])
        #expect(index.providers(of: "cmd:sh").map(\.version) == ["1.35.0-r29"])
        #expect(index.providers(of: "odd").isEmpty)
        #expect(index.providers(of: "busybox").isEmpty)
    }

    @Test func theOriginIsThePackageWhereNoneIsStated() throws {
        let text = Self.record.split(separator: "\n").filter { !$0.hasPrefix("o:") }.joined(separator: "\n")
        #expect(try parse(text).records(named: "busybox").first?.sourceName.text == "busybox")
    }

    @Test func unknownSmallLettersPassAndCapitalOnesMakeThePackageUnusable() throws {
        let small = try parse("q:1\ng:x y\nz:\n" + Self.record)
        #expect(small.records(named: "busybox").first?.unknownField == nil)
        let capital = try parse("W:1\nX:2\n" + Self.record + "\n" + Self.record)
        #expect(capital.records(named: "busybox").map(\.unknownField) == ["W", nil])
        let again = try PackageIndex(validating: capital.bytes)
        #expect(again.records(named: "busybox").first?.unknownField == "W")
    }

    @Test func readsItsOwnBytesAndAnEmptyText() throws {
        let index = try parse("\n\n" + Self.record + "\n\n\n")
        #expect(try PackageIndex(validating: index.bytes) == index)
        #expect(try parse("").count == 0)
        #expect(try parse("\n").count == 0)
    }

    static let faults: [(change: (String, String), reason: String)] = [
        (("P:busybox\n", ""), "the record of '(unnamed)' at line 1 of the package index has no P:"),
        (("V:1.35.0-r29\n", ""), "the record of 'busybox' at line 1 of the package index has no V:"),
        (("A:x86_64\n", ""), "has no A:"), (("S:509600\n", ""), "has no S:"),
        (("C:\(checksum)\n", ""), "has no C:"), (("S:509600\n", "S:\n"), "has no S:"),
        (("S:509600\n", "S:1\nS:2\n"), "has S: twice"), (("S:509600", "S:5 9"), "impossible S: '5 9'"),
        (("S:509600", "S:0"), "impossible S:"), (("S:509600", "S:-1"), "impossible S:"),
        (("S:509600", "S:9999999999999999999"), "impossible S:"), (("I:962560", "I:many"), "impossible I:"),
        (("k:100", "k:4294967296"), "impossible k:"),
        (("P:busybox", "P:busy/box"), "impossible P:"), (("P:busybox", "P:.."), "impossible P:"),
        (("P:busybox", "P:-x"), "impossible P:"), (("V:1.35.0-r29", "V:1/2"), "impossible V:"),
        (("V:1.35.0-r29", "V:1 2"), "impossible V:"), (("A:x86_64", "A:x86 64"), "impossible A:"),
        (("o:busybox-origin", "o:a b"), "impossible o:"),
        (("C:Q1", "C:Q3"), "impossible C:"), (("YcA=", "Yc="), "impossible C:"),
        (("C:Q1/H", "C:Q1?H"), "impossible C:"),
        (("U:https", "U https"), "line 8 of the package index is no field: 'U https"),
        (("k:100", "k"), "line 14 of the package index is no field: 'k'"),
        (("k:100", " k:100"), "is no field"), (("k:100", "1:100"), "is no field"),
        (("k:100", "k:100\r"), "impossible k:"),
    ]

    @Test(arguments: faults.indices) func refuses(_ place: Int) {
        let fault = Self.faults[place]
        guard let range = Self.record.firstRange(of: fault.change.0) else {
            Issue.record("the fault changes nothing")
            return
        }
        do {
            _ = try parse(
                String(Self.record[..<range.lowerBound]) + fault.change.1 + Self.record[range.upperBound...])
            Issue.record("it was read")
        } catch {
            #expect("\(error)".contains(fault.reason), "\(error)")
        }
    }

    @Test func keepsLimits() {
        func parse(_ change: (inout IndexTextLimits) -> Void) throws -> PackageIndex {
            var limits = IndexTextLimits()
            change(&limits)
            return try AlpineIndexParser.parse(Array((Self.record + "\n" + Self.record).utf8), limits: limits)
        }
        #expect(throws: IndexTextError.tooLarge(what: "the number of records", limit: 1)) {
            try parse { $0.records = 1 }
        }
        #expect(throws: IndexTextError.self) { try parse { $0.bytes = 100 } }
        #expect(throws: IndexTextError.self) { try parse { $0.fieldBytes = 20 } }
        #expect(throws: IndexTextError.self) { try parse { $0.provides = 5 } }
        #expect(throws: Never.self) { try parse { $0.records = 2 } }
    }

    @Test func aDamagedTextIsRefusedOrMakesASoundIndex() throws {
        let good = Array((Self.record + "\n" + Self.record.replacing("P:busybox", with: "P:other")).utf8)
        var read = 0
        for bytes in Mutations(
            of: good,
            tokens: [
                "\n", "\n\n", "P:a\n", "p:", " so:x=1", "C:Q1", "W:1\n", "D:!", "=", "k:7\n", "V:1~a\n",
            ],
            count: 6000, seed: 77)
        {
            guard let index = try? AlpineIndexParser.parse(bytes) else { continue }
            read += 1
            #expect(throws: Never.self) { try PackageIndex(validating: index.bytes) }
            for position in 0..<index.count {
                let record = index.record(at: position)
                _ = (AlpineVersion(record.version)?.isValid, try? AlpineDependency.parse(record[.depends]))
                _ = (try? AlpineDependency.parse(record[.installIf]), record.unknownField, record.checksum)
            }
        }
        #expect(read > 400)
    }

    @Test(.enabled(if: SharedFixtures.areHere, "\(SharedFixtures.hint)"))
    func alpine316IsReadWhole() throws {
        let index = try AlpineIndexParser.parse(try AlpineIndexFile.alpine316())
        #expect(index.count == 4929)
        #expect(index.nameCount == 4929)
        let zsh = try #require(index.records(named: "git-zsh-completion").first)
        #expect(zsh[.installIf] == "zsh=5.8.1-r4 git")
        #expect(zsh.filename == "git-zsh-completion-5.8.1-r4.apk")
        var odd: [String] = []
        var unreadable: [String] = []
        for position in 0..<index.count {
            let record = index.record(at: position)
            if AlpineVersion(record.version)?.isValid != true {
                odd.append("\(record.name) \(record.version)")
            }
            do { _ = try AlpineDependency.parse(record[.depends]) } catch { unreadable.append("\(error)") }
        }
        // Versions that leave apk's grammar; no dependency can name them.
        #expect(odd.count == 6, "\(odd)")
        #expect(odd.contains("opensmtpd 6.8.0p2-r4"))
        #expect(unreadable.allSatisfy { $0.contains("has no version that apk's rules allow") })
    }
}
