// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
package import Vocabulary

/// Holds package files and indexes on this machine against keys, check by check, for whoever keeps a repository: what
/// refreshing and fetching do on their way, told in full.
package struct AlpineFileCheck: Sendable {
    private let keyring: AlpineKeyring

    /// - Parameter keys: public keys in PEM by the names of their files.
    /// - Throws: `FetchingError.badKey`.
    package init(keys: [(name: String, pem: [UInt8])]) throws(FetchingError) {
        var loaded: [AlpineKey] = []
        for key in keys {
            do throws(AlpineKey.Flaw) {
                loaded.append(try AlpineKey(name: key.name, pem: key.pem))
            } catch { throw .badKey(key: key.name, reason: error.reason) }
        }
        keyring = AlpineKeyring(keys: loaded)
    }

    /// A package: its own signature, and the chain from there to its data. An unsigned one leaves its signature unchecked,
    /// as an index may vouch for it.
    /// - Throws: `StorageError`; what is wrong with the file is in the verdict.
    package func package(_ path: HostPath) throws -> Verdict {
        var verdict = Verdict(reference: path.text, checks: [])
        do {
            let reader = try ApkReader(try FileReader(path))
            let control = try reader.readControl()
            verdict.checks.append(
                signature(control.signatures, of: control.member.compressed, unsigned: .unchecked))
            verdict.checks.append(
                .init(
                    "package", subject: nil, outcome: .passed,
                    expected: "\(control.info.name)-\(control.info.version).apk", found: control.checksum))
            let data = try reader.finish()
            verdict.checks.append(
                .init(
                    "data", subject: data.digest, outcome: .passed,
                    expected: "the datahash of the control member",
                    found: data.digest.description))
        } catch let error as ArchiveError {
            verdict.checks.append(Self.no("package", "an Alpine package", error.description))
        }
        return verdict
    }

    /// An index: its signature, and each package that it names, from its checksum to its data. Packages that are not
    /// beside it are not checked, and the verdict says so.
    /// - Parameter name: the one file that is asked about; nil for all.
    /// - Throws: `StorageError`; what is wrong with the files is in the verdict.
    package func index(_ path: HostPath, only name: String? = nil) throws -> Verdict {
        var verdict = Verdict(reference: path.text, checks: [])
        do {
            let file = try ApkIndexFile(try HostDirectory.read(path, limit: AlpineIndex.limit))
            verdict.checks.append(signature(file.signatures, of: file.signed, unsigned: .failed))
            let index = try AlpineIndexParser.parse(file.index)
            for position in 0..<index.count {
                try Task.checkCancellation()
                let record = index.record(at: position)
                guard name == nil || name == record.filename else { continue }
                verdict.checks.append(try package(of: record, in: path.parent))
            }
        } catch let error as StorageError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            verdict.checks.append(Self.no("index", "an index of Alpine packages", "\(error)"))
        }
        return verdict
    }

    private func package(of record: PackageRecord, in folder: HostPath) throws -> Verdict.Check {
        let path = folder / record.filename
        let expected = "\(record.checksum ?? "a checksum"), \(record.size) bytes"
        guard try HostDirectory.exists(path) else {
            return .init(
                "package", subject: nil, outcome: .unchecked, expected: expected,
                found: "\(record.filename) is not beside the index")
        }
        do {
            let file = try FileReader(path)
            let reader = try ApkReader(file)
            let control = try reader.readControl()
            if let objection = AlpineChain.objection(
                to: control, record.name, record.version, record.checksum ?? "none")
            {
                return Self.no("package", expected, "\(record.filename): \(objection)")
            }
            let data = try reader.finish()
            guard file.size == record.size else {
                return Self.no("package", expected, "\(record.filename) has \(file.size) bytes")
            }
            return .init(
                "package", subject: data.digest, outcome: .passed, expected: expected, found: record.filename)
        } catch let error as ArchiveError {
            return Self.no("package", expected, "\(record.filename): \(error.description)")
        }
    }

    private func signature(
        _ signatures: [ApkSignature], of bytes: [UInt8], unsigned: Verdict.Outcome
    ) -> Verdict.Check {
        let expected = "one of \(keyring.keys.map(\.signer).joined(separator: ", "))"
        do throws(AlpineKeyring.BadSignature) {
            let judgement = try keyring.judge(signatures, of: bytes)
            if let first = judgement.signers.first {
                let weak = judgement.isWeak ? ", with SHA-1 alone" : ""
                let others = judgement.signers.count > 1 ? " and \(judgement.signers.count - 1) more" : ""
                return .init(
                    "signature", subject: nil, outcome: .passed, expected: expected,
                    found: "\(first)\(others)\(weak)")
            }
            guard !signatures.isEmpty else {
                return .init("signature", subject: nil, outcome: unsigned, expected: expected, found: "none")
            }
            return Self.no("signature", expected, "only \(judgement.strangers.joined(separator: ", "))")
        } catch {
            return Self.no(
                "signature", expected, "the \(error.algorithm) signature of \(error.key) does not hold")
        }
    }

    private static func no(_ name: String, _ expected: String, _ found: String) -> Verdict.Check {
        .init(name, subject: nil, outcome: .failed, expected: expected, found: found)
    }
}
