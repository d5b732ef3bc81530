// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Writes a tree as YAML that is read as the same tree again.
enum YAMLText {
    /// Block style, two blanks a level, a final newline.
    static func bytes(of node: YAMLNode) -> [UInt8] { Array(text(of: node).utf8) }

    static func text(of node: YAMLNode) -> String {
        var lines: [String] = []
        switch node.content {
        case .mapping where !node.isEmpty, .sequence where !node.isEmpty:
            write(node, indent: "", into: &lines)
        default: lines.append(inline(node))
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func write(_ node: YAMLNode, indent: String, into lines: inout [String]) {
        switch node.content {
        case .scalar: lines.append(indent + inline(node))
        case .sequence(let items):
            for item in items { write(item, after: indent + "-", indent: indent + "  ", into: &lines) }
        case .mapping(let entries):
            for entry in entries {
                let key = quoted(entry.key, plain: false)
                write(entry.value, after: "\(indent)\(key):", indent: indent + "  ", into: &lines)
            }
        }
    }

    /// A value behind `key:` or `-`: on the same line where it is short, else below.
    private static func write(
        _ node: YAMLNode, after lead: String, indent: String, into lines: inout [String]
    ) {
        if case .scalar(let text, plain: false) = node.content, let block = block(text, indent: indent) {
            lines.append("\(lead) \(block.sign)")
            lines += block.lines
        } else if node.isEmpty {
            lines.append("\(lead) \(inline(node))")
        } else if case .scalar = node.content {
            lines.append("\(lead) \(inline(node))")
        } else if case .mapping = node.content, lead.hasSuffix("-") {
            // The first key of an item stands beside its dash.
            let first = lines.count
            write(node, indent: indent, into: &lines)
            lines[first] = lead + " " + lines[first].dropFirst(indent.count)
        } else {
            lines.append(lead)
            write(node, indent: indent, into: &lines)
        }
    }

    private static func inline(_ node: YAMLNode) -> String {
        switch node.content {
        case .scalar(let text, let plain): quoted(text, plain: plain)
        case .sequence: "[]"
        case .mapping: "{}"
        }
    }

    // MARK: - Scalars

    /// Several lines as they are; nil where a block could not hold them.
    private static func block(_ text: String, indent: String) -> (sign: String, lines: [String])? {
        guard text.contains("\n"), let first = text.first, first != " ", first != "\t", first != "\n",
            text.unicodeScalars.allSatisfy({ $0 == "\n" || $0 == "\t" || isPlainText($0) })
        else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let isEnded = text.hasSuffix("\n")
        if isEnded { lines.removeLast() }
        // More newlines at the end would need another sign.
        guard lines.last?.isEmpty == false else { return nil }
        return (isEnded ? "|" : "|-", lines.map { $0.isEmpty ? "" : indent + $0 })
    }

    /// `plain` text stays plain, where quotes would make it another value; other text is bare where it cannot be
    /// taken for anything else.
    static func quoted(_ text: String, plain: Bool = false) -> String {
        let node = YAMLNode(content: .scalar(text, plain: true), location: .nowhere)
        let isValue = node.isNull || YAMLScalar.integer(text) != nil || ["true", "false"].contains(text)
        if plain, isValue { return text.isEmpty ? "null" : text }
        return isBare(text) ? text : escaped(text)
    }

    /// Letters first, and nothing in it that YAML 1.1 or 1.2 gives a meaning.
    private static func isBare(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 200,
            (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first) || first == 0x2F || first == 0x5F
        else { return false }
        let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        guard !words.contains(text.lowercased()), !text.hasSuffix(" "), !text.hasSuffix(":"),
            !text.contains(": "), !text.contains(" #")
        else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 0x20, 0x2B...0x3A, 0x3D, 0x3E, 0x3C, 0x40...0x5A, 0x5F, 0x61...0x7A, 0x7E: true
            default: false
            }
        }
    }

    private static func isPlainText(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
            0x10000...0x10FFFF:
            true
        default: false
        }
    }

    private static func escaped(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            default:
                if isPlainText(scalar) {
                    result.unicodeScalars.append(scalar)
                } else {
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
                }
            }
        }
        return result + "\""
    }
}

extension SourceLocation {
    /// Of a value that was not read from a file.
    static let nowhere = SourceLocation(file: "", line: 1, column: 1)
}
