// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// What a repository says of itself in its Release file (Debian repository format).
package struct ReleaseIdentity: Sendable, Equatable {
    /// The suite's name, which is a folder below `dists`.
    package var suite: String
    package var codename: String
    package var origin: String
    package var label: String

    package init(suite: String, codename: String? = nil, origin: String = "Local", label: String? = nil) {
        self.suite = suite
        self.codename = codename ?? suite
        self.origin = origin
        self.label = label ?? origin
    }
}

/// The text of a Release file.
struct ReleaseFile {
    let identity: ReleaseIdentity
    let architectures: [String]
    let components: [String]
    /// By path below the suite's folder.
    let files: [String: (digest: Digest, size: Int)]

    func text(date: Timestamp) -> String {
        var lines = [
            "Origin: \(identity.origin)", "Label: \(identity.label)", "Suite: \(identity.suite)",
            "Codename: \(identity.codename)", "Date: \(Self.rfc1123(date))", "Acquire-By-Hash: yes",
            "Architectures: \(architectures.joined(separator: " "))",
            "Components: \(components.joined(separator: " "))", "SHA256:",
        ]
        lines += files.sorted { $0.key < $1.key }.map { " \($1.digest.hex) \($1.size) \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// `Wed, 11 Nov 2026 08:49:37 UTC`, as archives write it.
    private static func rfc1123(_ time: Timestamp) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        // 2026-11-11T08:49:37Z
        let parts = time.description.split(whereSeparator: { "-TZ".contains($0) })
        let day = Int((time.seconds / 86_400) % 7)
        let month = (Int(parts[1]) ?? 1) - 1
        return "\(days[day]), \(parts[2]) \(Timestamp.months[month]) \(parts[0]) \(parts[3]) UTC"
    }

    /// What a release says of everything but the day on which it was written.
    static func withoutDate(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        text.split(separator: UInt8(ascii: "\n")).filter { !$0.starts(with: "Date:".utf8) }
    }

    /// The files that a release lists, by path.
    static func files(in release: ControlStanza) -> [String: Digest] {
        var files: [String: Digest] = [:]
        for line in release.lines("SHA256") {
            let words = line.split(separator: " ")
            guard words.count == 3, let digest = try? Digest(hex: words[0]) else { continue }
            files[String(words[2])] = digest
        }
        return files
    }
}
