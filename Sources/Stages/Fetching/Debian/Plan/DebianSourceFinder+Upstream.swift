// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension DebianSourceFinder.Tarball {
    /// Upstream's version as recipes write it: without the archive's epoch and revision, without its mark of a tarball that
    /// it made anew (`+dfsg`, `+ds`), what it `+really` is, and `~rc1` as `_rc1`.
    var upstreamVersion: String { Self.upstreamVersion(of: version) }

    static func upstreamVersion(of version: DebianVersion) -> String {
        var text = version.upstream[...]
        if let range = text.firstRange(of: "+really") { text = text[range.upperBound...] }
        for mark in ["+dfsg", ".dfsg", "~dfsg", "+ds", "~ds", "+repack", "~repack"] {
            if let range = text.firstRange(of: mark) { text = text[..<range.lowerBound] }
        }
        var result = String(text)
        for word in ["alpha", "beta", "pre", "rc"] { result = result.replacing("~\(word)", with: "_\(word)") }
        return result
    }

    /// What the archive says of it as a release.
    var candidate: UpstreamCandidate {
        var candidate = UpstreamCandidate(name: version.text)
        candidate.version = upstreamVersion
        return candidate
    }
}
