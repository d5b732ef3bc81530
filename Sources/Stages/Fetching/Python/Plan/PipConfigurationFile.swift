// SPDX-License-Identifier: Apache-2.0

/// A file of pip's configuration: sections with keys, as Python's configparser reads them. Only what pip looks at counts.
struct PipConfigurationFile: Sendable, Equatable {
    /// `section.key`, the key as pip normalises it (`index_url` is `index-url`); later ones win.
    private(set) var values: [String: String] = [:]

    init(_ text: String) {
        var section = ""
        var key: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let bare = line.drop(while: \.isWhitespace)
            guard let first = bare.first, first != "#", first != ";" else { continue }
            let content = Self.trimmed(bare)
            if line.first?.isWhitespace == true, let key {
                // A value goes on where its lines are indented.
                values[key, default: ""] += (values[key]?.isEmpty == false ? "\n" : "") + content
                continue
            }
            if content.hasPrefix("["), let end = content.firstIndex(of: "]") {
                section = String(content[content.index(after: content.startIndex)..<end])
                key = nil
                continue
            }
            guard let sign = content.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                key = nil
                continue
            }
            let name = "\(section).\(Self.normalized(content[..<sign]))"
            values[name] = String(Self.trimmed(content[content.index(after: sign)...]))
            key = name
        }
    }

    /// pip's own spelling of a key.
    static func normalized(_ key: some StringProtocol) -> String {
        let text = trimmed(Substring(key)).lowercased().map { $0 == "_" ? "-" : $0 }
        return String(text.starts(with: "--") ? text.dropFirst(2) : text[...])
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
