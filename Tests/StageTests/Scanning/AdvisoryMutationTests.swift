// SPDX-License-Identifier: Apache-2.0
import Scanning
import TestHouse
import Testing
import Vocabulary

/// Thousands of damaged advisories: each is refused or read, none ends the process, and none that is read makes an
/// affected package clean without saying so.
@Suite struct AdvisoryMutationTests {
    static let record = """
        {"id":"DEBIAN-CVE-2030-0001","upstream":["CVE-2030-0001"],"aliases":[],"summary":"s","severity":[{"type":\
        "CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"affected":[{"package":{"ecosystem":\
        "Debian:13","name":"alpha"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.2-3"},\
        {"introduced":"2.0-1"},{"last_affected":"2.1-1"}]}],"versions":["1.2-1"],\
        "ecosystem_specific":{"urgency":"low"}}]}
        """
    static let coverage = """
        {"version":1,"coverage":[{"ecosystem":"Debian","release":"13","sources":"all",\
        "complete-as-of":"2030-01-01T00:00:00Z","from":"a test"}]}
        """
    static let tokens = [
        "null", "{}", "[]", "\"\"", "-1", "1e999", "\"0\"", "{\"introduced\":\"0\"},", "[[[[[[[[",
        "\"\\ud800\"", "\u{0}",
        "\"versions\":[]", "\"withdrawn\":\"x\",", "\"~\"", "99999999999999999999", "\"Debian\"", "true", ":",
    ]

    @Test func damagedRecords() throws {
        let inventory = try ScannerTests.inventory(["alpha 1.2-1 < alpha 1.2-1"])
        var outcomes = (refused: 0, found: 0, silent: 0)
        for bytes in Mutations(of: Array(Self.record.utf8), tokens: Self.tokens, count: 6_000, seed: 11) {
            do {
                let set = try AdvisorySet.read([
                    .init(name: "coverage.json", bytes: Array(Self.coverage.utf8)),
                    .init(name: "r.json", bytes: bytes),
                ])
                let findings = Scanner(at: nil).scan(inventory, against: set)
                if findings.findings.isEmpty, findings.isComplete {
                    outcomes.silent += 1
                } else {
                    outcomes.found += 1
                }
            } catch {
                outcomes.refused += 1
            }
        }
        // What is read and silent are other packages, releases and versions: changed letters, not lost structure.
        #expect(outcomes.refused > 3_000 && outcomes.found > 300, "\(outcomes)")
        #expect(outcomes.silent < 600, "\(outcomes)")
    }

    @Test func damagedCoverage() throws {
        let inventory = try ScannerTests.inventory(["alpha 1.2-9 < alpha 1.2-9"])
        for bytes in Mutations(of: Array(Self.coverage.utf8), tokens: Self.tokens, count: 2_000, seed: 12) {
            do {
                let set = try AdvisorySet.read([
                    .init(name: "coverage.json", bytes: bytes),
                    .init(name: "r.json", bytes: Array(Self.record.utf8)),
                ])
                let findings = Scanner(at: nil).scan(inventory, against: set)
                #expect(
                    findings.isComplete == !set.coverage(of: AdvisoryEcosystem("Debian:13")).isEmpty
                        || !findings.uncovered.isEmpty)
            } catch {}
        }
    }
}
