// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// One line of `contents.repositories` with everything decided that is needed to read it.
struct RepositorySource: Sendable {
    /// The line as it is written, for messages and the witness.
    let line: String
    let place: SourceLocation
    let ordinal: Int
    let url: String
    let suite: String
    let components: [String]
    /// Exactly these may have signed it.
    var keyrings: [HostPath]
    let checksValidUntil: Bool
    let checksDate: Bool

    var base: String { "\(url)/dists/\(suite)" }
    var releaseURL: String { "\(base)/InRelease" }
    var unsignedReleaseURL: String { "\(base)/Release" }

    func check(now: Timestamp, file: String) -> ReleaseCheck {
        ReleaseCheck(
            repository: line, file: file, suite: suite, now: now, checksValidUntil: checksValidUntil,
            checksDate: checksDate)
    }

    /// The places of an index, the surest first: a name by digest never changes its content.
    func places(of index: DebianRelease.Index, in release: DebianRelease) -> [String] {
        let plain = "\(base)/\(index.path)"
        guard release.hasByHash, let slash = plain.lastIndex(of: "/") else { return [plain] }
        return ["\(plain[..<slash])/by-hash/SHA256/\(index.file.digest.hex)", plain]
    }
}
