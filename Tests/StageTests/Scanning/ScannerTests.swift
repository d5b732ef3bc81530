// SPDX-License-Identifier: Apache-2.0
import Scanning
import TestHouse
import Testing
import Vocabulary

@Suite struct ScannerTests {
    /// Packages as `binary version < source version`.
    static func inventory(
        _ packages: [String], system: ImageInventory.OperatingSystem? = .debian13,
        family: PackageFamily = .debian
    ) throws -> ImageInventory {
        var inventory = ImageInventory(
            platform: Architecture.amd64.platform, manifest: .emptyJSON,
            configuration: ImageConfiguration(
                platform: Architecture.amd64.platform, created: nil, config: .init(), diffIDs: []),
            compressedSize: 0, uncompressedSize: 0, operatingSystem: system, packages: [], files: [],
            diagnostics: [])
        for line in packages {
            let words = line.split(separator: " ").map(String.init)
            inventory.packages.append(
                ImageInventory.Package(
                    family: family, name: try #require(PackageName(words[0])), version: words[1],
                    architecture: "amd64", sourceName: try #require(PackageName(words[3])),
                    sourceVersion: words[4],
                    maintainer: nil, evidence: .root))
        }
        return inventory
    }

    /// A record in short: id, source package, first fixed version (`-` for none), other names.
    static func record(
        _ id: String, _ source: String, fixed: String, ecosystem: String = "Debian:13",
        upstream: [String] = [],
        aliases: [String] = [], urgency: String? = nil, vector: String? = nil
    ) -> OSVRecord {
        let events: [AdvisoryRange.Event] = [.introduced("0")] + (fixed == "-" ? [] : [.fixed(fixed)])
        return OSVRecord(
            id: id, aliases: aliases, upstream: upstream, summary: "of \(source)",
            severity: vector.map { [.init(type: "CVSS_V3", score: $0)] } ?? [],
            affected: [
                .init(
                    ecosystem: AdvisoryEcosystem(ecosystem), name: source,
                    ranges: [AdvisoryRange(.ecosystem, events)],
                    urgency: urgency)
            ])
    }

    static func coverage(
        _ sources: String..., asOf: String = "2030-01-01T00:00:00Z", limits: String? = nil
    ) throws -> AdvisoryCoverage {
        AdvisoryCoverage(
            ecosystem: AdvisoryEcosystem("Debian:13"),
            sources: sources == ["all"] ? .all : .listed(Set(sources.compactMap { PackageName($0) })),
            completeAsOf: try #require(Timestamp(asOf)), origin: "a test", limits: limits)
    }

    static func text(_ findings: Findings) -> [String] {
        findings.findings.map {
            "\($0.id) \($0.package) \($0.sourceName) \($0.sourceVersion) -> \($0.fixedIn ?? "-")"
                + ($0.aliases.isEmpty ? "" : " \($0.aliases.joined(separator: ","))")
        }
    }

    @Test func comparesSourceVersionsOfSourcePackages() throws {
        let inventory = try Self.inventory([
            "libgcc-s1 14.2.0-19 < gcc-14 14.2.0-19", "bash 5.2.15-2+b13 < bash 5.2.15-2",
            "zlib1g 1:1.3-1 < zlib 1:1.3-1",
        ])
        let set = AdvisorySet(
            records: [
                Self.record(
                    "DEBIAN-CVE-2030-0001", "gcc-14", fixed: "14.2.0-20", upstream: ["CVE-2030-0001"]),
                // The binary's rebuilt version is above the fix, the source's is not.
                Self.record(
                    "DEBIAN-CVE-2030-0002", "bash", fixed: "5.2.15-2+b1", upstream: ["CVE-2030-0002"]),
                // Epochs count; a binary's name is no source's name.
                Self.record("DEBIAN-CVE-2030-0003", "zlib", fixed: "2.0-1", upstream: ["CVE-2030-0003"]),
                Self.record("DEBIAN-CVE-2030-0004", "libgcc-s1", fixed: "-", upstream: ["CVE-2030-0004"]),
                Self.record("DEBIAN-CVE-2030-0005", "zlib", fixed: "-", ecosystem: "Debian:12"),
            ], coverage: [try Self.coverage("all")])
        let findings = Scanner(at: nil).scan(inventory, against: set)
        #expect(
            Self.text(findings) == [
                "CVE-2030-0001 libgcc-s1 gcc-14 14.2.0-19 -> 14.2.0-20 DEBIAN-CVE-2030-0001",
                "CVE-2030-0002 bash bash 5.2.15-2 -> 5.2.15-2+b1 DEBIAN-CVE-2030-0002",
            ])
        #expect(findings.isComplete)
        #expect(findings.distribution == "debian 13")
    }

    @Test func countsOneVulnerabilityOnce() throws {
        let inventory = try Self.inventory(["libssl3 3.5.1-1 < openssl 3.5.1-1"])
        let set = AdvisorySet(
            records: [
                Self.record("DEBIAN-CVE-2030-0001", "openssl", fixed: "-", upstream: ["CVE-2030-0001"]),
                Self.record(
                    "DSA-9999-1", "openssl", fixed: "3.5.4-1", upstream: ["CVE-2030-0001", "CVE-2030-0002"],
                    vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
                Self.record("DSA-9998-1", "openssl", fixed: "3.5.3-1", aliases: ["CVE-2030-0002"]),
                Self.record("DSA-9997-2", "openssl", fixed: "3.5.2-1"),
            ], coverage: [try Self.coverage("openssl")])
        let findings = Scanner(at: nil).scan(inventory, against: set)
        #expect(
            Self.text(findings) == [
                "CVE-2030-0001 libssl3 openssl 3.5.1-1 -> 3.5.4-1 DEBIAN-CVE-2030-0001,DSA-9999-1",
                "CVE-2030-0002 libssl3 openssl 3.5.1-1 -> 3.5.4-1 DSA-9998-1,DSA-9999-1",
                "DSA-9997-2 libssl3 openssl 3.5.1-1 -> 3.5.2-1",
            ])
        #expect(findings.findings.map(\.severity) == ["critical", "critical", nil])
    }

    static let gaps: [(String, ImageInventory.OperatingSystem?, [String], String, String)] = [
        ("no os-release", nil, ["all"], "a 1 < a 1", "no os-release"),
        (
            "another distribution", .init(id: "ubuntu", versionID: "24.04", codename: nil, prettyName: nil),
            ["all"],
            "a 1 < a 1", "'ubuntu 24.04'"
        ),
        (
            "a derivative", .init(id: "raspbian", versionID: "13", codename: nil, prettyName: nil), ["all"],
            "a 1 < a 1", "'raspbian 13'"
        ),
        (
            "unstable", .init(id: "debian", versionID: nil, codename: "forky", prettyName: nil), ["all"],
            "a 1 < a 1", "without a release number"
        ),
        (
            "another release", .init(id: "debian", versionID: "12", codename: nil, prettyName: nil), ["all"],
            "a 1 < a 1", "no coverage of debian 12"
        ),
        ("outside the list", .debian13, ["b"], "a 1 < a 1", "outside the declared coverage"),
        ("no version", .debian13, ["all"], "a ? < a ?", "no place in the order"),
    ]

    @Test(arguments: gaps) func namesWhatItCannotJudge(
        name: String, system: ImageInventory.OperatingSystem?, covered: [String], package: String,
        reason: String
    ) throws {
        let coverage = AdvisoryCoverage(
            ecosystem: AdvisoryEcosystem("Debian:13"),
            sources: covered == ["all"] ? .all : .listed(Set(covered.compactMap { PackageName($0) })),
            completeAsOf: Timestamp(seconds: 0), origin: "a test")
        let set = AdvisorySet(records: [Self.record("X-1", "other", fixed: "-")], coverage: [coverage])
        let findings = Scanner(at: nil).scan(try Self.inventory([package], system: system), against: set)
        #expect(findings.findings.isEmpty)
        #expect(!findings.isComplete, "\(name)")
        #expect(findings.uncovered.count == 1)
        #expect(findings.uncovered.first?.reason.contains(reason) == true, "\(findings.uncovered)")
    }

    @Test func withoutCoverageNothingIsClean() throws {
        let set = AdvisorySet(records: [Self.record("X-1", "other", fixed: "-")], coverage: [])
        let findings = Scanner(at: nil).scan(try Self.inventory(["a 1 < a 1"]), against: set)
        #expect(findings.coverage == nil && !findings.isComplete && findings.uncovered.count == 1)
    }

    @Test func anImageWithoutPackagesIsNotClean() throws {
        let set = AdvisorySet(records: [], coverage: [try Self.coverage("all")])
        let findings = Scanner(at: nil).scan(try Self.inventory([]), against: set)
        #expect(!findings.isComplete)
        #expect(findings.diagnostics.map(\.code.rawValue) == ["packages-none"])
    }

    @Test func staleAdvisoriesCoverNothing() throws {
        let set = AdvisorySet(records: [], coverage: [try Self.coverage("all", limits: "Fixes only.")])
        let inventory = try Self.inventory(["a 1 < a 1"])
        let fresh = Scanner(at: Timestamp("2030-01-31T00:00:00Z")).scan(inventory, against: set)
        #expect(fresh.isComplete)
        #expect(fresh.diagnostics.map(\.code.rawValue) == ["advisory-limits"])
        let stale = Scanner(at: Timestamp("2030-02-01T00:00:01Z")).scan(inventory, against: set)
        #expect(!stale.isComplete)
        #expect(stale.uncovered.first?.reason.contains("31 days ago") == true)
    }

    @Test func aRecordThatCannotBeEvaluatedLeavesAGap() throws {
        let set = AdvisorySet(
            records: [Self.record("X-1", "a", fixed: "not a version")], coverage: [try Self.coverage("all")])
        let findings = Scanner(at: nil).scan(try Self.inventory(["a 1 < a 1"]), against: set)
        #expect(findings.uncovered.first?.reason.contains("X-1") == true)
    }

    @Test func severityWordsComeFromScoreOrUrgency() throws {
        let grave = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
        let set = AdvisorySet(
            records: [
                Self.record("A-1", "a", fixed: "-", urgency: "unimportant", vector: grave),
                Self.record("A-2", "a", fixed: "-", urgency: "low", vector: grave),
                Self.record("A-3", "a", fixed: "-", urgency: "medium"),
                Self.record("A-4", "a", fixed: "-", urgency: "not yet assigned"),
            ], coverage: [try Self.coverage("all")])
        let findings = Scanner(at: nil).scan(try Self.inventory(["a 1 < a 1"]), against: set)
        #expect(findings.findings.map(\.severity) == ["unimportant", "critical", "medium", nil])
    }
}

extension ImageInventory.OperatingSystem {
    static let debian13 = Self(id: "debian", versionID: "13", codename: "trixie", prettyName: nil)
}
