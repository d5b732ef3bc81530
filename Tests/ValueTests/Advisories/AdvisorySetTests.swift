// SPDX-License-Identifier: Apache-2.0
import Testing
import Vocabulary

@Suite struct AdvisorySetTests {
    static let record = """
        {"id": "DEBIAN-CVE-2030-0001", "modified": "2030-01-02T00:00:00Z", "upstream": ["CVE-2030-0001"],
         "summary": "A short\\nand a long line", "severity": [{"type": "CVSS_V3", "score":
         "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}], "unknown": [{"a": null}], "affected": [{
           "package": {"ecosystem": "Debian:13", "name": "alpha", "purl": "pkg:deb/debian/alpha?arch=source"},
           "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2-3"}]}],
           "versions": ["1.2-1", "1.2-2"], "ecosystem_specific": {"urgency": "not yet assigned"}}]}
        """
    static let coverage = """
        {"version": 1, "coverage": [{"ecosystem": "Debian", "release": "13", "sources": ["alpha", "beta"],
         "complete-as-of": "2030-01-02T00:00:00Z", "from": "a test"}]}
        """

    static func file(_ name: String, _ text: String) -> AdvisorySet.File {
        AdvisorySet.File(name: name, bytes: Array(text.utf8))
    }

    static func name(_ text: String) throws -> PackageName { try #require(PackageName(text)) }

    @Test func readsRecordsAndCoverage() throws {
        let set = try AdvisorySet.read([
            Self.file("coverage.json", Self.coverage), Self.file("a.json", Self.record),
            Self.file("list.json", "[\(Self.record),\(Self.record)]"), Self.file("README.md", "not JSON"),
        ])
        let release = AdvisoryEcosystem("Debian:13")
        #expect(set.recordCount == 3)
        #expect(set.matches(try Self.name("alpha"), in: release).count == 3)
        #expect(set.matches(try Self.name("alpha"), in: AdvisoryEcosystem("Debian:12")).isEmpty)
        let match = try #require(set.matches(try Self.name("alpha"), in: release).first)
        #expect(match.record.summary == "A short")
        #expect(match.record.vulnerabilities == ["CVE-2030-0001"])
        #expect(match.affected.urgency == "not yet assigned")
        #expect(set.coverage(of: release).first?.sources.contains(try Self.name("beta")) == true)
        #expect(set.coverage(of: release).first?.sources.contains(try Self.name("gamma")) == false)
    }

    @Test func aRecordWithoutReleaseSpeaksOfAll() throws {
        let text = Self.record.replacing("Debian:13", with: "Debian")
        let set = try AdvisorySet.read([Self.file("a.json", text)])
        #expect(set.matches(try Self.name("alpha"), in: AdvisoryEcosystem("Debian:12")).count == 1)
    }

    @Test func aWithdrawnRecordDecidesNothing() throws {
        let text = Self.record.replacing("\"modified\"", with: "\"withdrawn\"")
        let set = try AdvisorySet.read([Self.file("a.json", text)])
        #expect(set.matches(try Self.name("alpha"), in: AdvisoryEcosystem("Debian:13")).isEmpty)
    }

    @Test(arguments: [
        ("no id", record.replacing("\"id\"", with: "\"di\"")),
        ("an empty id", record.replacing("DEBIAN-CVE-2030-0001", with: "")),
        (
            "affected of another type",
            record.replacing("\"affected\": [{", with: "\"affected\": 1, \"x\": [{")
        ),
        (
            "an event of two kinds",
            record.replacing("{\"introduced\": \"0\"}, {", with: "{\"introduced\": \"0\", ")
        ),
        ("an unknown event", record.replacing("\"fixed\"", with: "\"mended\"")),
        ("no event", record.replacing("{\"introduced\": \"0\"}, {\"fixed\": \"1.2-3\"}", with: "")),
        ("a package without name", record.replacing("\"name\"", with: "\"nom\"")),
        ("truncated", String(record.dropLast(9))), ("nothing", ""), ("another document", "7"),
    ]) func refusesHalfARecord(_ name: String, text: String) {
        #expect(throws: AdvisoryError.self, "\(name)") {
            try AdvisorySet.read([Self.file("good.json", Self.record), Self.file("bad.json", text)])
        }
    }

    @Test func refusesAnEmptyDirectoryAndAnUnknownCoverage() {
        #expect(throws: AdvisoryError.noRecords) {
            try AdvisorySet.read([Self.file("coverage.json", Self.coverage)])
        }
        #expect(throws: AdvisoryError.coverageVersion(file: "coverage.json", 2)) {
            try AdvisorySet.read([
                Self.file("coverage.json", Self.coverage.replacing("\"version\": 1", with: "\"version\": 2"))
            ])
        }
        #expect(throws: AdvisoryError.self) {
            try AdvisorySet.read([
                Self.file("coverage.json", Self.coverage.replacing("[\"alpha\", \"beta\"]", with: "\"most\""))
            ])
        }
    }

    @Test(arguments: [
        ("CVE-2030-0001", true), ("CVE-2030-1234567", true), ("CVE-2030-001", false), ("CVE-20-0001", false),
        ("DEBIAN-CVE-2030-0001", false), ("CVE-2030-00a1", false), ("cve-2030-0001", false), ("", false),
    ]) func knowsCVENumbers(_ text: String, expected: Bool) {
        #expect(OSVRecord.isCVE(text) == expected)
    }

    /// Scores from the examples of the CVSS 3.1 document and from published advisories.
    @Test(arguments: [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 100),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61),
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 64),
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N", 59),
        ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 78),
        ("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N", 0),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 75),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H/E:P/RL:O", 75),
        ("CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:N/I:L/A:N", 22),
    ]) func scores(_ vector: String, tenths: Int) {
        #expect(CVSS3(vector: vector)?.baseScore == tenths)
    }

    @Test(arguments: [
        "", "CVSS:3.1", "CVSS:2.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
        "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    ]) func refusesOtherVectors(_ vector: String) {
        #expect(CVSS3(vector: vector) == nil)
    }
}
