// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Trees that are written out: what has nothing in it is left out.
extension YAMLNode {
    /// Nil where there is nothing in it.
    static func map(_ entries: [(String, YAMLNode?)]) -> YAMLNode? {
        let entries = entries.compactMap { key, value in
            value.map { Entry(key: key, place: .nowhere, value: $0) }
        }
        return entries.isEmpty ? nil : YAMLNode(content: .mapping(entries), location: .nowhere)
    }

    static func list(_ items: [YAMLNode?]) -> YAMLNode? {
        let items = items.compactMap(\.self)
        return items.isEmpty ? nil : YAMLNode(content: .sequence(items), location: .nowhere)
    }

    static func text(_ text: String?) -> YAMLNode? {
        text.map { YAMLNode(content: .scalar($0, plain: false), location: .nowhere) }
    }

    private static func plain(_ text: String) -> YAMLNode {
        YAMLNode(content: .scalar(text, plain: true), location: .nowhere)
    }

    static func integer(_ value: some BinaryInteger) -> YAMLNode { plain("\(value)") }
    static func bool(_ value: Bool) -> YAMLNode { plain("\(value)") }
    static func mode(_ mode: UInt16) -> YAMLNode { plain("0o\(String(mode, radix: 8))") }
    /// A list that says something by being empty, too.
    static func all(_ texts: [String]) -> YAMLNode {
        YAMLNode(content: .sequence(texts.compactMap { text($0) }), location: .nowhere)
    }

    static func lines(_ texts: [String]) -> YAMLNode? { list(texts.map { text($0) }) }

    /// Arguments as apko writes them: one line for a shell's eyes; a list where that is all that the key takes.
    static func words(_ words: [String]) -> YAMLNode? {
        words.isEmpty ? nil : text(ShellWords.join(words))
    }

    static func texts(_ texts: [String: String]) -> YAMLNode? {
        map(texts.sorted { $0.key < $1.key }.map { ($0.key, text($0.value)) })
    }

    /// Numbers, booleans and texts as the decoders take them.
    var json: JSONValue {
        switch content {
        case .scalar(let text, let plain):
            guard plain else { return .string(text) }
            if isNull { return .null }
            if let value = YAMLScalar.integer(text) { return .integer(value) }
            return text == "true" || text == "false" ? .bool(text == "true") : .string(text)
        case .sequence(let items): return .array(items.map(\.json))
        case .mapping(let entries):
            return .object(
                Dictionary(entries.map { ($0.key, $0.value.json) }, uniquingKeysWith: { first, _ in first }))
        }
    }
}
