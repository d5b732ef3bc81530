// SPDX-License-Identifier: Apache-2.0
import Foundation
import Scanning
import TestHouse
import Testing
import Vocabulary

@Suite("Advisories of the Alpine family") struct AlpineScanTests {
    private static func system(_ id: String, _ version: String?) -> ImageInventory.OperatingSystem {
        ImageInventory.OperatingSystem(id: id, versionID: version, codename: nil, prettyName: nil)
    }

    private static let packages = ["libcrypto3 3.3.1-r3 < openssl 3.3.1-r3"]

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let system: ImageInventory.OperatingSystem
        let ecosystem: String
        let fixed: String
        /// The fix, `clean`, or why nothing could be judged.
        let expected: String
        var testDescription: String { name }
    }

    @Test(arguments: [
        Case(
            name: "a release by its first two parts", system: system("alpine", "3.20.3"),
            ecosystem: "Alpine:v3.20", fixed: "3.3.2-r0", expected: "3.3.2-r0"),
        Case(
            name: "another release's record is not asked", system: system("alpine", "3.20.3"),
            ecosystem: "Alpine:v3.19", fixed: "3.3.2-r0",
            expected: "the advisories declare no coverage of alpine 3.20.3"),
        Case(
            name: "revisions are numbers", system: system("alpine", "3.20.3"), ecosystem: "Alpine:v3.20",
            fixed: "3.3.1-r10", expected: "3.3.1-r10"),
        Case(
            name: "the fixed version itself is clean", system: system("alpine", "3.20.3"),
            ecosystem: "Alpine:v3.20", fixed: "3.3.1-r3", expected: "clean"),
        Case(
            name: "Wolfi has no releases", system: system("wolfi", "20230201"), ecosystem: "Wolfi",
            fixed: "3.3.1-r4", expected: "3.3.1-r4"),
        Case(
            name: "Chainguard's are not Wolfi's", system: system("chainguard", "20230214"),
            ecosystem: "Wolfi", fixed: "3.3.1-r4",
            expected: "the advisories declare no coverage of chainguard 20230214"),
        Case(
            name: "edge has no fixed set", system: system("alpine", "3.20.0_alpha20231219"),
            ecosystem: "Alpine:v3.20",
            fixed: "3.3.1-r4",
            expected: "the image is Alpine without a release number (a moving one, such as testing, unstable "
                + "or edge)"),
    ])
    func judged(_ example: Case) throws {
        let inventory = try ScannerTests.inventory(
            Self.packages, system: example.system, family: .alpine)
        let coverage = AdvisoryCoverage(
            ecosystem: AdvisoryEcosystem(example.ecosystem), sources: .all,
            completeAsOf: Timestamp(seconds: 1_900_000_000), origin: "a test")
        let set = AdvisorySet(
            records: [
                ScannerTests.record(
                    "ALPINE-CVE-2030-0001", "openssl", fixed: example.fixed, ecosystem: example.ecosystem,
                    upstream: ["CVE-2030-0001"])
            ], coverage: [coverage])
        let findings = Scanner(at: nil).scan(inventory, against: set)
        let found =
            findings.findings.first?.fixedIn ?? findings.uncovered.first?.reason
            ?? (findings.isComplete ? "clean" : "?")
        #expect(found == example.expected)
    }

    @Test(
        "records in real use: the origin is what they name",
        .enabled(if: Self.isHere, "needs ../shared/fixtures"))
    func realRecords() throws {
        let set = try AdvisorySet.read([
            .init(
                name: "osv-alpine.json",
                bytes: Array(try #require(FileManager.default.contents(atPath: Self.records)))),
            .init(
                name: AdvisorySet.coverageFile,
                bytes: Array(
                    """
                    {"version": 1, "coverage": [{"ecosystem": "Alpine", "release": "v3.20", "sources": ["openssl"],
                     "complete-as-of": "2026-01-28T00:00:00Z", "from": "a snapshot"}]}
                    """.utf8)),
        ])
        let inventory = try ScannerTests.inventory(
            Self.packages + ["musl 1.2.5-r0 < musl 1.2.5-r0"], system: Self.system("alpine", "3.20.3"),
            family: .alpine)
        let findings = Scanner(at: nil).scan(inventory, against: set)
        #expect(findings.findings.contains { $0.id.hasPrefix("CVE-") && $0.package.text == "libcrypto3" })
        #expect(findings.findings.allSatisfy { $0.fixedIn != nil && $0.package.text != "openssl" })
        #expect(findings.uncovered.map(\.package.text) == ["musl"])
        #expect(!findings.isComplete)
    }

    private static let records = "../shared/fixtures/advisories/osv-alpine.json"
    private static var isHere: Bool { FileManager.default.fileExists(atPath: records) }
}
