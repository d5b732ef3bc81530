// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
package import Vocabulary

/// Signs finished packages and indexes. Only the signature member changes; what it is about keeps its bytes. Signatures of
/// other keys stay, and signing again changes nothing.
package struct AlpineSigner: Sendable {
    private let key: PackageSigningKey
    private let scheme: PackageSigningKey.Scheme

    package init(key: PackageSigningKey, scheme: PackageSigningKey.Scheme = .rsa256) {
        self.key = key
        self.scheme = scheme
    }

    /// Signs the file in its place, whole or not at all: a package where its name ends in `.apk`, else an index.
    /// - Throws: `notAPackage`, `notAnIndex`.
    package func sign(_ path: HostPath) throws(BuildingError) {
        try BuildingError.wrapping {
            let isPackage = path.text.hasSuffix(".apk")
            do {
                if isPackage { try signPackage(path) } else { try signIndex(path) }
            } catch let error as ArchiveError {
                throw isPackage
                    ? BuildingError.notAPackage(path, reason: error.description)
                    : .notAnIndex(path, reason: error.description)
            }
        }
    }

    private func signPackage(_ path: HostPath) throws {
        let file = try FileReader(path)
        let reader = try ApkReader(file)
        let control = try reader.readControl()
        // Whoever signs vouches for the data too.
        _ = try reader.finish()
        let member = try renewed(
            control.signatures, over: control.member.compressed, time: control.info.built)
        try file.seek(to: control.member.range.lowerBound)
        try AtomicFile.write(path) { out in
            try out.write(member)
            try file.forEachPiece { piece in
                try Task.checkCancellation()
                try out.write(piece)
            }
        }
    }

    private func signIndex(_ path: HostPath) throws {
        let file = try ApkIndexFile(try HostDirectory.read(path, limit: 512 << 20))
        let time = IndexRecord.all(in: file.index)?.map(\.built).max() ?? 0
        try AtomicFile.replace(
            path, with: try renewed(file.signatures, over: file.signed, time: time) + file.signed)
    }

    private func renewed(_ signatures: [ApkSignature], over signed: [UInt8], time: Int64) throws -> [UInt8] {
        let own = try SignatureMember.signature(of: signed, by: key, scheme)
        let others = signatures.filter { ($0.algorithm, $0.key) != (own.algorithm, own.key) }.map {
            SignatureMember.Signature(algorithm: $0.algorithm, key: $0.key, bytes: $0.bytes)
        }
        return try SignatureMember.encode(others + [own], time: time)
    }
}
