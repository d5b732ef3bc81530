// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Execution
internal import Storage
package import Vocabulary

/// Keeps a private repository of Debian packages: makes and indexes them, signs, verifies, and looks into them.
package struct DebianRepositoryRun: Sendable {
    /// Whose signature a release gets, as gpg takes it.
    package struct Signing: Sendable {
        let key: String?
        let home: HostPath?

        /// - Parameters:
        ///   - key: a fingerprint or an address; nil for gpg's default key.
        ///   - home: gpg's own folder; nil for the user's.
        package init(key: String?, home: HostPath?) {
            self.key = key
            self.home = home
        }
    }

    /// What a suite is called.
    package struct Suite: Sendable {
        let identity: ReleaseIdentity

        package init(name: String, codename: String?, origin: String, label: String?) {
            identity = ReleaseIdentity(suite: name, codename: codename, origin: origin, label: label)
        }
    }

    private let workshop: Workshop

    package init(_ workshop: Workshop) { self.workshop = workshop }

    /// Makes a package of a folder with `DEBIAN/control`.
    package func pack(_ folder: HostPath, order: PackingOrder) async throws -> RepositoryFacts.Packed {
        let packer = DebianPacker(scratch: workshop.directories.temporary)
        let packed = try await workshop.workers.run {
            try HostDirectory.create(order.output)
            return try packer.pack(
                folder, owners: order.keepsOwners ? .asInFolder : .root,
                time: order.sourceDateEpoch?.seconds, into: order.output)
        }
        workshop.report.report(packed.diagnostics)
        return RepositoryFacts.Packed(packed)
    }

    /// Writes a suite's indexes and its release. Signing comes before anything is written: where it fails, nothing
    /// has changed.
    /// - Parameters:
    ///   - date: of the release; the clock's where nil.
    ///   - paths: packages that are left out for now.
    package func index(
        _ root: HostPath, as suite: Suite, date: Timestamp?, signing: Signing?,
        leavingOut paths: Set<String> = []
    ) async throws -> RepositoryFacts.Indexed {
        let lock = try await lock(root)
        defer { withExtendedLifetime(lock) {} }
        let indexer = DebianIndexer(root, as: suite.identity)
        let memory = FolderMemory(cache: workshop.cache)
        let place = root / "dists" / suite.identity.suite
        let date = date ?? workshop.now()
        let prepared = try await workshop.workers.run {
            try indexer.prepare(date: date, memory: memory.recall(place), leavingOut: paths)
        }
        let isSigned = try HostDirectory.exists(place / "InRelease")
        let changed = prepared.changed || isSigned != (signing != nil)
        if changed {
            var signed: [UInt8]?
            if let signing { signed = try await clearsigned(prepared.release, signing) }
            try await workshop.workers.run { [signed] in try indexer.write(prepared, signed: signed) }
        }
        try await workshop.workers.run { memory.remember(prepared.memory, of: place) }
        return RepositoryFacts.Indexed(
            path: (place / (signing == nil ? "Release" : "InRelease")).text, packages: prepared.packages,
            read: prepared.read, kept: prepared.packages - prepared.read.count, gone: prepared.gone,
            changed: changed)
    }

    /// Two at once would each take away what the other one wrote.
    private func lock(_ root: HostPath) async throws -> FileLock {
        try await workshop.workers.run {
            guard try HostDirectory.isDirectory(root) else { throw BuildingError.noFolder(root) }
            return try FileLock(root)
        }
    }

    /// Signs a suite's release again, as it is: after a change of keys.
    package func sign(_ root: HostPath, suite: String, signing: Signing) async throws -> HostPath {
        let lock = try await lock(root)
        defer { withExtendedLifetime(lock) {} }
        let place = root / "dists" / suite
        let signed = try await clearsigned(try HostDirectory.read(place / "Release"), signing)
        try AtomicFile.replace(place / "InRelease", with: signed)
        return place / "InRelease"
    }

    private func clearsigned(_ release: [UInt8], _ signing: Signing) async throws -> [UInt8] {
        try await ReleaseSigner(
            key: signing.key, home: signing.home, environment: workshop.environment,
            scratch: workshop.directories.temporary
        ).clearsign(release)
    }

    /// Follows the chain from each suite's signature to its packages.
    /// - Parameters:
    ///   - suites: all that the repository has, where empty.
    ///   - path: of the one package below `root` that is asked about; nil for all.
    package func verify(
        _ root: HostPath, suites: [String], keyrings: [HostPath], only path: String? = nil
    ) async throws -> [Verdict] {
        let check = DebianRepositoryCheck(verifier: try ClearsignedVerifier.find())
        let all = suites.isEmpty ? try HostDirectory.names(in: root / "dists") : suites
        var verdicts: [Verdict] = []
        for suite in all {
            verdicts.append(
                try await check.verify(
                    root, suite: suite, keyrings: keyrings, only: path, workers: workshop.workers))
        }
        return verdicts
    }

    /// What a package says and holds.
    package func facts(_ file: HostPath) async throws -> PackageFacts {
        try await workshop.workers.run { try DebianPackageFile(file).facts() }
    }

    /// Unpacks a package's files into a new folder.
    package func extract(_ file: HostPath, to folder: HostPath) async throws {
        workshop.report.report(
            try await workshop.workers.run { try DebianPackageFile(file).extract(to: folder) })
    }
}
