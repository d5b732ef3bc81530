// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Storage
internal import Vocabulary

/// The Debian family's part in composing.
struct DebianParts: FamilyParts {
    var identity: String { "debian rules \(DebianRules.version)" }

    func rules(for packages: [LockedPackage], architecture: Architecture) -> FamilyRules {
        DebianRules.rules(for: packages, architecture: architecture)
    }

    func read(
        _ file: VerifyingReader, with decoder: inout PackageDecoder,
        into writer: inout TarWriter<SegmentSink>
    ) throws {
        try DebianPackageFile(file).read(with: &decoder, into: &writer)
    }

    /// Debian Policy 7.6.1: a package may overwrite files of those that it names in Replaces.
    func keeper(_ first: PlanInput, _ second: PlanInput) -> PathKeeper? {
        switch (Self.replaces(first, second), Self.replaces(second, first)) {
        case (true, false): .first
        case (false, true): .second
        default: nil
        }
    }

    private static func replaces(_ one: PlanInput, _ other: PlanInput) -> Bool {
        let what = "the control file of \(one.package.name)"
        guard
            let stanza = try? ControlFile.parse(one.table[control: DebianPackageFile.control], what: what)
                .first,
            let field = stanza.joined("Replaces"), let groups = try? DebianRelations.parse(field)
        else { return false }
        let version = DebianVersion(other.package.version)
        return groups.flatMap(\.alternatives).contains { relation in
            guard relation.name == other.package.name else { return false }
            guard let constraint = relation.constraint else { return true }
            return version.map { constraint.accepts($0) } ?? false
        }
    }

    /// Maintainer scripts come before the definition, which may change what they did; accounts come after it, for
    /// whoever owns something.
    func complete(_ planner: inout Planner) throws(ComposingError) -> ImageAccounts {
        try planner.carryOutActions()
        try planner.linkAliases()
        try planner.applyDefinition()
        // Debian's images have no bundle's checksum unasked.
        let certificates = planner.definition.certificates
        if !certificates.additional.isEmpty || !certificates.providers.isEmpty {
            try planner.addCertificates()
        }
        // ld.so.conf is libc-bin's, of which images take a few data files.
        let hasLibrary = planner.family.libraryDirectories.contains {
            planner.tree.resolve("\($0.absolute)/libc.so.6") != nil
        }
        try planner.addLoaderCache(assumed: hasLibrary ? "include /etc/ld.so.conf.d/*.conf\n" : nil)
        let accounts = try planner.addDebianAccounts()
        try planner.addStatusRecords()
        return accounts
    }
}
