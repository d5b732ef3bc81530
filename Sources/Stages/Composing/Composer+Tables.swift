// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Storage
internal import Vocabulary

extension Composer {
    private static let tableKind = "table"

    /// A package in one role: what is learnt of its files depends on which of them are used.
    struct TableID: Hashable, Sendable {
        var digest: Digest
        var role: LockedPackage.Role
        /// Rules decide what is examined and captured.
        var family: String

        var key: Digest {
            ContentHasher.digest(
                of: "table \(PackageTable.formatVersion), \(family), \(role.rawValue) of \(digest)")
        }
    }

    /// The table of each package, from the cache or by opening it. Opening also writes the segment, so that a cold
    /// build decodes each package once.
    func tables(_ platforms: [PlatformWork]) async throws -> [TableID: PackageTable] {
        var wanted: [(id: TableID, work: PackageOpening)] = []
        var seen: Set<TableID> = []
        for platform in platforms {
            for (package, rules) in platform.packages {
                let id = platform.table(of: package)
                guard seen.insert(id).inserted else { continue }
                wanted.append((id, platform.opening(package, rules)))
            }
        }
        let segments = segments
        let cached = try await workers.map(wanted.map(\.id), atMost: workers.count) { id in
            segments.sealedBytes(Self.tableKind, id.key).flatMap { try? PackageTable(decoding: $0) }
        }
        var tables: [TableID: PackageTable] = [:]
        var missing: [(id: TableID, work: PackageOpening)] = []
        for (item, table) in zip(wanted, cached) {
            if let table { tables[item.id] = table } else { missing.append(item) }
        }
        guard !missing.isEmpty else { return tables }
        let (sources, report) = (packages, report)
        report(.opening(packages: missing.count, bytes: missing.reduce(0) { $0 + $1.work.package.size }))
        let opened = try await workers.map(missing, atMost: workers.count, weight: \.work.package.size) {
            item in
            let (table, _) = try PackageDecoder.decode(
                item.work, from: sources, into: segments, identity: Self.segmentIdentity)
            try segments.seal(Self.tableKind, item.id.key, bytes: table.encode())
            report(.opened(item.work.package.name))
            return table
        }
        for (item, table) in zip(missing, opened) { tables[item.id] = table }
        return tables
    }

    func plans(
        _ platforms: [PlatformWork], _ tables: [TableID: PackageTable], _ definition: ImageDefinition,
        _ local: LocalFiles, _ newest: Timestamp?
    ) async throws -> [ImagePlan] {
        try await workers.map(platforms, atMost: workers.count) { platform in
            let inputs = platform.packages.compactMap { package, rules in
                tables[platform.table(of: package)].map {
                    PlanInput(package: package, table: $0, rules: rules)
                }
            }
            return try Planner.plan(
                Planner(
                    platform, definition: definition, local: local, segmentIdentity: Self.segmentIdentity,
                    newest: newest?.seconds, inputs: inputs))
        }
    }
}

extension PlatformWork {
    fileprivate func table(of package: LockedPackage) -> Composer.TableID {
        Composer.TableID(digest: package.digest, role: package.role, family: parts.identity)
    }
}
