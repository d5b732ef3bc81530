// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Vocabulary

/// One Alpine line of `contents.repositories` with everything decided that is needed to read it.
struct AlpineSource: Sendable {
    /// The line as it is written, for messages and the witness.
    let line: String
    let place: SourceLocation
    let ordinal: Int
    /// Without a slash at its end; folders as `file://` URLs.
    let url: String
    let tag: String?

    /// Throws `passwordInLine`: lines travel in locks and evidence.
    init(
        _ line: Located<RepositoryLine>, location: String, tag: String?, ordinal: Int
    ) throws(FetchingError) {
        self.line = line.value.description
        place = line.location
        self.ordinal = ordinal
        self.tag = tag
        var text = location
        if !text.contains("://") {
            // What a URL would take for an escape.
            text =
                "file://"
                + text.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%25")
        }
        while text.hasSuffix("/"), !text.hasSuffix("://") { text.removeLast() }
        url = text
        if let host = Self.hostBehindPassword(text) { throw .passwordInLine(host: host, at: line.location) }
    }

    func path(for architecture: Architecture) -> String {
        "\(architecture.alpineName)/\(ApkIndexFile.name)"
    }

    func indexURL(for architecture: Architecture) -> String { "\(url)/\(path(for: architecture))" }

    /// The architecture that a witness's path of an index is about.
    static func architecture(of path: String) -> Architecture? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1] == ApkIndexFile.name else { return nil }
        return Architecture(alpineName: String(parts[0]))
    }

    /// The host of a URL that names a user before it; nil for every other.
    private static func hostBehindPassword(_ url: String) -> String? {
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else { return nil }
        let authority = url.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).first ?? ""
        guard let at = authority.lastIndex(of: "@") else { return nil }
        return String(authority[authority.index(after: at)...])
    }
}
