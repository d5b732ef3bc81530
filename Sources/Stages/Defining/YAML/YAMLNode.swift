// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// One node of a composed document with the place where it stands: all that the decoders see of YAML.
struct YAMLNode: Sendable, Equatable {
    indirect enum Content: Sendable, Equatable {
        /// `plain` is false for quoted and block text, which is never read as a number, boolean or null.
        case scalar(String, plain: Bool)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    struct Entry: Sendable, Equatable {
        var key: String
        var place: SourceLocation
        var value: YAMLNode
    }

    var content: Content
    var location: SourceLocation

    /// `key:` with nothing after it, `~` or `null`: read as if the key were absent.
    var isNull: Bool {
        guard case .scalar(let text, plain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// `[]` or `{}`.
    var isEmpty: Bool {
        switch content {
        case .scalar: false
        case .sequence(let items): items.isEmpty
        case .mapping(let entries): entries.isEmpty
        }
    }

    /// The entry of a mapping; nil where it is none or has it not.
    subscript(key: String) -> Entry? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }
    }

    /// What the node is, for messages.
    var kindName: String {
        switch content {
        case .scalar(let text, let plain):
            if isNull { return "nothing" }
            guard plain else { return "the text '\(text.shortened)'" }
            if YAMLScalar.integer(text) != nil { return "the number \(text)" }
            return ["true", "false"].contains(text) ? text : "the text '\(text.shortened)'"
        case .sequence: return "a list"
        case .mapping: return "a mapping"
        }
    }
}

/// How plain text is read as something else (YAML 1.2, chapter 10.3, and YAML 1.1's leading-zero octals as apko
/// reads them).
enum YAMLScalar {
    /// Nil for text that is no integer or does not fit.
    static func integer(_ text: String) -> Int64? {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.dropFirst() : Substring(text)
        guard let first = digits.utf8.first, (0x30...0x39).contains(first) else { return nil }
        if text.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8) }
        if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16) }
        if text.count > 1, first == 0x30 { return Int64(digits, radix: 8) }
        return Int64(text)
    }
}

extension String {
    /// For messages: one line, at most 60 characters.
    var shortened: String {
        let line = prefix { !$0.isNewline }
        return line.count > 60 ? "\(line.prefix(57))…" : line.count < count ? "\(line)…" : self
    }
}
