// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Storage
internal import Vocabulary

/// The Alpine family's part in composing: what apko makes of packages, without a package manager and without running
/// their scripts.
struct AlpineParts: FamilyParts {
    var identity: String { "alpine rules \(AlpineRules.version)" }

    func rules(for packages: [LockedPackage], architecture: Architecture) -> FamilyRules {
        AlpineRules.rules(for: packages, architecture: architecture)
    }

    func read(
        _ file: VerifyingReader, with decoder: inout PackageDecoder,
        into writer: inout TarWriter<SegmentSink>
    ) throws {
        try AlpinePackageFile(file).read(with: &decoder, into: &writer)
    }

    /// apk-package(5): `replaces` lets a package take files of those it names; where each names the other, the higher
    /// `replaces_priority` decides, then who was there first. Packages of one origin take each other's files.
    func keeper(_ first: PlanInput, _ second: PlanInput) -> PathKeeper? {
        let (older, newer) = (first.alpineInfo, second.alpineInfo)
        let priorities = (
            older.flatMap { $0.priority(over: second.package) },
            newer.flatMap { $0.priority(over: first.package) }
        )
        switch priorities {
        case (let one?, let other?): return other > one ? .second : .first
        case (.some, nil): return .first
        case (nil, .some): return .second
        case (nil, nil): return first.package.sourceName == second.package.sourceName ? .second : nil
        }
    }

    /// apko's order, so that each step finds what it changes: `paths` may change what accounts made, and nothing of
    /// what comes after them.
    func complete(_ planner: inout Planner) throws(ComposingError) -> ImageAccounts {
        try planner.carryOutActions()
        try planner.addPackageManagerFiles()
        let accounts = try planner.addAlpineAccounts()
        try planner.addApkoJSON()
        try planner.applyDefinition()
        try planner.addCertificates()
        try planner.addRuntimeKeys()
        try planner.addServices(accounts)
        try planner.addBusyboxLinks()
        try planner.addLoaderCache()
        try planner.addInstalledDatabase()
        return accounts
    }
}

extension PlanInput {
    /// What the package says of itself; nil for a table that no package of the family has.
    var alpineInfo: PackageInfo? { try? PackageInfo(parsing: table[control: AlpinePackageFile.info]) }
}

extension PackageInfo {
    /// Nil where it does not replace the package.
    fileprivate func priority(over other: LockedPackage) -> UInt32? {
        let version = AlpineVersion(other.version)
        let names = replaces.contains { text in
            guard let wanted = try? AlpineDependency(text[...].utf8), wanted.name == other.name.text else {
                return false
            }
            return wanted.accepts(version, checksum: other.checksum)
        }
        return names ? replacesPriority : nil
    }
}
