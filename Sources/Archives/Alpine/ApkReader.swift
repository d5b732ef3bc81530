// SPDX-License-Identifier: Apache-2.0
package import Vocabulary

/// What is accepted of a package file, in decoded bytes.
package struct ApkLimits: Sendable, Equatable {
    package var signatures: Int64
    package var control: Int64
    package var data: Int64

    package init(signatures: Int64 = 1 << 20, control: Int64 = 10 << 20, data: Int64 = 16 << 30) {
        self.signatures = signatures
        self.control = control
        self.data = data
    }
}

/// Reads a package file (.apk, version 2) from front to back: gzip members that hold, in this order and no other, the
/// signatures (or none), the control files and the data. Which is which their files' names say, never their place.
///
/// The chain inside the file is checked here: `.PKGINFO` names the SHA-256 of the compressed data member, and `finish`
/// compares it. Whether the control member is the one that was asked for (`ApkControl.checksum`) and who signed it is
/// for the caller. All methods throw `ArchiveError` or what the source throws.
package final class ApkReader {
    private static let format = ArchiveError.Format.apk
    static let infoName = ".PKGINFO"

    private let members: GzipMembers
    private let limits: ApkLimits
    private var control: ApkControl?
    private var dataStart: Int64?
    private let data = Tally()

    package init(_ source: any ByteSource, limits: ApkLimits = ApkLimits()) throws {
        members = try GzipMembers(source)
        self.limits = limits
    }

    /// Outside the reader, as the reader's members hold on to what they show their bytes to.
    private final class Tally { var hasher = ContentHasher() }

    /// Everything before the data. Called first, once.
    package func readControl() throws -> ApkControl {
        precondition(control == nil, "the control member is read once")
        var (member, files) = try readMember(.init(outputBytes: max(limits.signatures, limits.control)))
        var signatures: [ApkSignature] = []
        var signatureMember: ApkMember?
        if files.first.map({ $0.name.hasPrefix(SignatureName.prefix) }) == true {
            guard files.reduce(0, { $0 + Int64($1.bytes.count) }) <= limits.signatures else {
                throw ArchiveError.limitExceeded(Self.format, .outputBytes, allowed: limits.signatures)
            }
            signatures = try SignatureName.signatures(files, at: member.range.lowerBound)
            signatureMember = member
            (member, files) = try readMember(.init(outputBytes: limits.control))
        }
        let control = ApkControl(
            info: try info(files, of: member), files: files, member: member, signatureMember: signatureMember,
            signatures: signatures)
        self.control = control
        return control
    }

    /// The decoded bytes of the data member, a tar. Called after `readControl`, once.
    package func openData() throws -> any ByteSource {
        precondition(control != nil && dataStart == nil, "the data are opened once, after the control member")
        let limits = DecodingLimits(outputBytes: limits.data)
        guard try members.next(limits: limits, observing: { [data] in data.hasher.update($0) }) else {
            throw ArchiveError.truncated(Self.format, at: members.end)
        }
        dataStart = members.start
        return members
    }

    /// The data member's place and digest, after what was not read of it was passed over; data that were not opened are
    /// hashed without being decoded. Throws where the digest is not the one that the control member names (or it names
    /// none), and where anything stands after the data.
    package func finish() throws -> (range: Range<Int64>, digest: Digest) {
        if dataStart == nil {
            precondition(control != nil, "the control member is read first")
            try members.forEachPieceOfRest { data.hasher.update($0) }
            dataStart = members.start
        } else {
            try members.forEachPiece { _ in }
        }
        let (start, end) = (dataStart ?? 0, members.end)
        let digest = data.hasher.finalize()
        guard try !members.next() else { throw ArchiveError.trailingGarbage(Self.format, at: end) }
        guard end > start else { throw ArchiveError.truncated(Self.format, at: end) }
        guard let expected = control?.info.dataDigest else {
            throw malformed("its .PKGINFO has no datahash, so that nothing vouches for its files", at: start)
        }
        guard digest == expected else {
            throw malformed("its .PKGINFO names the data \(expected), and they are \(digest)", at: start)
        }
        return (start..<end, digest)
    }

    /// A small member with all its files.
    private func readMember(_ limits: DecodingLimits) throws -> (ApkMember, [ApkControlFile]) {
        var compressed = MemorySink()
        guard try members.next(limits: limits, observing: { compressed.write($0) }) else {
            throw ArchiveError.truncated(Self.format, at: members.end)
        }
        let files = try ApkControlFile.all(in: members, limit: limits.outputBytes)
        return (ApkMember(range: members.start..<members.end, compressed: compressed.bytes), files)
    }

    private func info(_ files: [ApkControlFile], of member: ApkMember) throws -> PackageInfo {
        let place = member.range.lowerBound
        // A file name that is not hidden would be one of the data: a package of another shape, or reordered.
        if let stranger = files.first(where: { !$0.name.hasPrefix(".") || $0.name.contains("/") }) {
            throw malformed("'\(stranger.name)' stands where the control files should", at: place)
        }
        guard !files.contains(where: { $0.name.hasPrefix(SignatureName.prefix) }) else {
            throw malformed("a signature stands among the control files", at: place)
        }
        let infos = files.filter { $0.name == Self.infoName }
        guard infos.count == 1 else {
            throw malformed("its control member has \(infos.count) files \(Self.infoName)", at: place)
        }
        do throws(PackageInfoError) {
            return try PackageInfo(parsing: infos[0].bytes)
        } catch {
            throw malformed(error.description, at: place)
        }
    }

    private func malformed(_ reason: String, at place: Int64) -> ArchiveError {
        .malformed(Self.format, reason: reason, at: place)
    }
}

extension ApkControlFile {
    /// More than any package or index has beside its files.
    private static let countLimit: Int64 = 4_096

    /// The files of a small tar, which need not have an end marker.
    static func all(in source: any ByteSource, limit: Int64) throws -> [ApkControlFile] {
        let tar = TarReader(
            source, limits: TarLimits(entries: countLimit, totalBytes: limit, requiresEndMarker: false))
        var files: [ApkControlFile] = []
        while let entry = try tar.next() {
            guard entry.kind == .file else {
                throw ArchiveError.malformed(
                    .apk, reason: "'\(entry.path)' is no file and stands among the control files", at: 0)
            }
            var content = MemorySink()
            try tar.forEachPiece { content.write($0) }
            files.append(
                ApkControlFile(name: entry.path, mode: entry.mode, mtime: entry.mtime, bytes: content.bytes))
        }
        return files
    }
}

/// The names of signature files: `.SIGN.RSA256.melange.rsa.pub`.
enum SignatureName {
    static let prefix = ".SIGN."

    /// The signatures in a member that holds nothing else.
    static func signatures(_ files: [ApkControlFile], at place: Int64) throws(ArchiveError) -> [ApkSignature]
    {
        var signatures: [ApkSignature] = []
        for file in files {
            guard file.name.hasPrefix(prefix) else {
                throw .malformed(.apk, reason: "'\(file.name)' stands among the signatures", at: place)
            }
            let parts = file.name.dropFirst(prefix.count).split(
                separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, !parts[1].contains("/") else {
                throw .malformed(.apk, reason: "'\(file.name)' names no key", at: place)
            }
            signatures.append(
                ApkSignature(algorithm: String(parts[0]), key: String(parts[1]), bytes: file.bytes))
        }
        return signatures
    }
}
