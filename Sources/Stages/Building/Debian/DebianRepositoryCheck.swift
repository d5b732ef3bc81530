// SPDX-License-Identifier: Apache-2.0

internal import Archives
package import Execution
package import Storage
package import Vocabulary

/// Follows a repository's chain on this machine from its signature to its packages: InRelease, the indexes that it names,
/// the packages that they name.
package struct DebianRepositoryCheck: Sendable {
    private let verifier: ClearsignedVerifier

    package init(verifier: ClearsignedVerifier) { self.verifier = verifier }

    /// Everything that was checked of one suite; a check that says no names the file.
    /// - Parameter path: of the one package below `root` that is asked about; nil for all.
    /// - Throws: `StorageError`; `ExecutionError` where gpgv is missing. A wrong signature is a verdict.
    package func verify(
        _ root: HostPath, suite: String, keyrings: [HostPath], only path: String? = nil,
        workers: WorkerThreads
    ) async throws -> Verdict {
        let folder = root / "dists" / suite
        var verdict = Verdict(reference: folder.text, checks: [])
        let what = "\(folder)/InRelease"
        guard try HostDirectory.exists(folder / "InRelease") else {
            verdict.checks.append(Self.no("signature", "a signed release", "there is no \(what)"))
            return verdict
        }
        let release: ControlStanza
        do {
            let signed = try await verifier.verify(
                try HostDirectory.read(folder / "InRelease"), keyrings: keyrings, what: what)
            guard let stanza = try? ControlFile.parse(signed.text, what: what).first else {
                verdict.checks.append(Self.no("signature", "a signed release", "\(what) holds none"))
                return verdict
            }
            release = stanza
            verdict.checks.append(
                .init(
                    "signature", subject: nil, outcome: .passed, expected: "a key of the keyrings",
                    found: "signed by \(signed.signers.joined(separator: ", "))"))
        } catch let error as ExecutionError {
            if case .missing = error { throw error }
            verdict.checks.append(Self.no("signature", "a key of the keyrings", "\(error)"))
            return verdict
        }
        verdict.checks += try await workers.run { try Self.contents(of: root, folder, release, path) }
        return verdict
    }

    private static func contents(
        of root: HostPath, _ folder: HostPath, _ release: ControlStanza, _ only: String?
    ) throws -> [Verdict.Check] {
        var checks: [Verdict.Check] = []
        var packages: [String: ControlStanza] = [:]
        var opened: Set<Substring> = []
        for (path, digest) in ReleaseFile.files(in: release).sorted(by: { $0.key < $1.key }) {
            try Task.checkCancellation()
            // A mirror need not have every form of an index.
            guard try HostDirectory.exists(folder / path) else { continue }
            let bytes = try HostDirectory.read(folder / path, limit: indexLimit)
            let found = ContentHasher.digest(of: bytes)
            guard found == digest else {
                checks.append(no("index", digest.description, "\(path) is \(found)"))
                continue
            }
            checks.append(
                .init("index", subject: digest, outcome: .passed, expected: digest.description, found: path))
            guard let base = packagesIndex(path), opened.insert(base).inserted else { continue }
            do {
                for stanza in try stanzas(bytes, path) { packages[stanza["Filename"] ?? "?"] = stanza }
            } catch let error as ArchiveError {
                checks.append(no("index", "an index of packages", "\(path): \(error)"))
            } catch let error as ControlFileError {
                checks.append(no("index", "an index of packages", "\(path): \(error)"))
            }
        }
        if opened.isEmpty { checks.append(no("index", "an index of packages", "there is none")) }
        for (path, stanza) in packages.sorted(by: { $0.key < $1.key }) where only == nil || only == path {
            try Task.checkCancellation()
            checks.append(try package(root, path, stanza))
        }
        return checks
    }

    private static let indexLimit = 512 << 20

    /// The index's path without the ending of its form; nil for other files.
    private static func packagesIndex(_ path: String) -> Substring? {
        let form = [".gz", ".xz"].first { path.hasSuffix($0) } ?? ""
        let base = path.dropLast(form.count)
        return base.hasSuffix("/Packages") ? base : nil
    }

    private static func stanzas(_ bytes: [UInt8], _ path: String) throws -> [ControlStanza] {
        let limits = DecodingLimits(outputBytes: Int64(indexLimit))
        var text = MemorySink()
        try Decompressor.open(sniffing: MemorySource(bytes), limits: limits).source.forEachPiece {
            text.write($0)
        }
        var sizes = ControlFile.Limits()
        sizes.bytes = indexLimit
        sizes.stanzas = 1_000_000
        return try ControlFile.parse(text.bytes, what: path, limits: sizes)
    }

    private static func package(
        _ root: HostPath, _ path: String, _ stanza: ControlStanza
    ) throws -> Verdict.Check {
        guard let place = ImagePath(path), let digest = stanza["SHA256"].flatMap({ try? Digest(hex: $0) })
        else {
            return no("package", "a path and a digest", "an index lists '\(path)' without them")
        }
        guard try HostDirectory.exists(root / place.text) else {
            return no("package", digest.description, "\(path) is not there")
        }
        let found = try FileReader(root / place.text).digest()
        guard found == digest else {
            return no("package", digest.description, "\(path) is \(found)")
        }
        return .init("package", subject: digest, outcome: .passed, expected: digest.description, found: path)
    }

    private static func no(_ name: String, _ expected: String, _ found: String) -> Verdict.Check {
        .init(name, subject: nil, outcome: .failed, expected: expected, found: found)
    }
}
