// SPDX-License-Identifier: Apache-2.0

import Fetching
import TestHouse
import Testing
import Vocabulary

/// `deb system`: which of the machine's apt sources it stands for, and which checks apt was told to leave out.
@Suite struct SystemRepositoryTests {
    static func repository(_ settings: [String: String]) throws -> LocalRepository {
        let repository = try LocalRepository()
        try repository.add("alpha", "1.0-1")
        try repository.publish(["ARCHITECTURES": "amd64"].merging(settings) { $1 })
        return repository
    }

    static func source(_ repository: LocalRepository, url: String? = nil) -> AptSource {
        AptSource(
            url: url ?? repository.url, suites: ["any"], keyring: .files([HostPath(repository.keyring)]),
            place: SourceLocation(file: "a.sources", line: 1, column: 1))
    }

    @Test func firstSourceOfDebianAndNotTheVendorsBeforeIt() async throws {
        let vendor = try Self.repository(["ORIGIN": "Vendor"])
        let debian = try Self.repository(["ORIGIN": "Debian", "LABEL": "Debian"])
        try await FetchingHouse.with { house in
            var house = house
            house.apt.sources = [
                Self.source(vendor), Self.source(debian, url: "cdrom:[x]"), Self.source(debian),
            ]
            let snapshot = try await house.refresher.refresh(
                [FetchingHouse.system("trixie")], keyring: [], architectures: [.amd64])[0]
            #expect(snapshot.witness.url == debian.url)
            #expect(snapshot.witness.line == "deb system trixie main")
            #expect(snapshot.witness.relaxations.isEmpty)
            #expect(snapshot.diagnostics.map(\.code.rawValue) == ["system-repository"])
        }
    }

    @Test func securitySuiteIsTheSecurityArchive() async throws {
        let main = try Self.repository(["ORIGIN": "Debian", "LABEL": "Debian", "SUITE": "trixie-security"])
        let security = try Self.repository(
            ["ORIGIN": "Debian", "LABEL": "Debian-Security", "SUITE": "trixie-security"])
        try await FetchingHouse.with { house in
            var house = house
            house.apt.sources = [Self.source(main), Self.source(security)]
            let snapshot = try await house.refresher.refresh(
                [FetchingHouse.system("trixie-security")], keyring: [], architectures: [.amd64])[0]
            #expect(snapshot.witness.url == security.url)
        }
    }

    @Test func keyringIsTheSourcesOwnAndNotTheDefinitions() async throws {
        let debian = try Self.repository(["ORIGIN": "Debian"])
        let other = try LocalRepository()
        try await FetchingHouse.with { house in
            var house = house
            house.apt.sources = [
                AptSource(
                    url: debian.url, suites: [], keyring: .files([HostPath(other.keyring)]),
                    place: SourceLocation(file: "a", line: 1, column: 1))
            ]
            let error = await #expect(throws: FetchingError.self) {
                try await house.refresher.refresh(
                    [FetchingHouse.system("trixie")], keyring: [.file(HostPath(debian.keyring))],
                    architectures: [.amd64])
            }
            #expect(error?.kind == "noSystemRepository")
            #expect(error?.description.contains("is not trusted") == true)
        }
    }

    @Test func machineKeyringsWhereTheSourceNamesNone() async throws {
        let debian = try Self.repository(["ORIGIN": "Debian"])
        try await FetchingHouse.with { house in
            var house = house
            house.apt.trustedKeyrings = [HostPath(debian.keyring)]
            house.apt.sources = [
                AptSource(
                    url: debian.url, suites: [], keyring: .machine,
                    place: SourceLocation(file: "a", line: 1, column: 1))
            ]
            let snapshots = try await house.refresher.refresh(
                [FetchingHouse.system("trixie")], keyring: [], architectures: [.amd64])
            #expect(snapshots.count == 1)
        }
    }

    @Test func everySourceThatWasTriedIsNamed() async throws {
        let vendor = try Self.repository(["ORIGIN": "Vendor"])
        try await FetchingHouse.with { house in
            var house = house
            house.apt.sources = [
                Self.source(vendor),
                AptSource(
                    url: "https://deb.example.org", suites: [], keyring: .unsupported("its Signed-By is odd"),
                    place: SourceLocation(file: "/etc/apt/x.sources", line: 3, column: 1)),
            ]
            let error = await #expect(throws: FetchingError.self) {
                try await house.refresher.refresh(
                    [FetchingHouse.system("trixie")], keyring: [], architectures: [.amd64])
            }
            #expect(error?.description.contains("its origin is 'Vendor' and not 'Debian'") == true)
            #expect(error?.description.contains("/etc/apt/x.sources:3:1: its Signed-By is odd") == true)
        }
    }

    @Test func checksThatAptLeavesOutAreLeftOutForSystemLinesAloneAndRecorded() async throws {
        let stale = try Self.repository(
            [
                "ORIGIN": "Debian", "DATE": "2026-03-05 12:00:00 UTC",
                "VALID_UNTIL": "2026-02-01 12:00:00 UTC",
            ])
        try await FetchingHouse.with { house in
            var house = house
            house.apt.sources = [Self.source(stale)]
            house.apt.checksDate = false
            house.apt.checksValidUntil = false
            let snapshot = try await house.refresher.refresh(
                [FetchingHouse.system("trixie")], keyring: [], architectures: [.amd64])[0]
            #expect(
                snapshot.witness.relaxations == [
                    "Acquire::Check-Date false: its Date 2026-03-05T12:00:00Z is in the future",
                    "Acquire::Check-Valid-Until false: it was valid until 2026-02-01T12:00:00Z",
                ])
            #expect(snapshot.diagnostics.filter { $0.severity == .warning }.count == 2)
            #expect(await house.refusal(stale)?.kind == "fromTheFuture")
        }
    }

    @Test func leftOutChecksThatWouldHavePassedAreNotes() async throws {
        let fresh = try Self.repository(["ORIGIN": "Debian"])
        try await FetchingHouse.with { house in
            var house = house
            house.apt.sources = [Self.source(fresh)]
            house.apt.checksValidUntil = false
            let snapshot = try await house.refresher.refresh(
                [FetchingHouse.system("trixie")], keyring: [], architectures: [.amd64])[0]
            #expect(snapshot.witness.relaxations == ["Acquire::Check-Valid-Until false"])
            #expect(snapshot.diagnostics.allSatisfy { $0.severity == .note })
        }
    }
}
