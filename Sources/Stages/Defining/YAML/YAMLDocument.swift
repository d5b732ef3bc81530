// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary
internal import Yams

/// Turns untrusted bytes into one tree of `YAMLNode`, within limits. The only file that knows Yams.
///
/// Yams has no event interface, so what could hurt while it composes is bounded before: the size of the text bounds
/// nodes and memory, libyaml itself refuses more than 1,000 nested collections, and anchors are counted in the raw
/// text because a key that is an alias is hashed with all that it stands for. What is left is walked once, counted
/// as if every alias were written out.
struct YAMLDocument {
    struct Limits: Sendable {
        var bytes = 512 << 10
        var depth = 32
        /// Aliases written out.
        var nodes = 20_000
        var aliases = 16
    }

    let file: String
    var limits = Limits()

    /// The document's root; nil where it is empty.
    func compose(_ bytes: [UInt8]) throws(DefinitionError) -> YAMLNode? {
        let text = try checkedText(bytes)
        try checkAliases(text)
        let root: Node?
        do {
            // The basic resolver calls every scalar a text: what a text means is decided by the key it stands at.
            root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw DefinitionError([problem(of: error, in: text)])
        } catch {
            throw DefinitionError([DefinitionProblem(.syntax("not YAML: \(error)"), at: place(1, 1))])
        }
        var count = 0
        return try root.map { node throws(DefinitionError) in try convert(node, depth: 1, count: &count) }
    }

    private func place(_ line: Int, _ column: Int) -> SourceLocation {
        SourceLocation(file: file, line: max(1, line), column: max(1, column))
    }

    private func place(_ mark: Mark?) -> SourceLocation { place(mark?.line ?? 1, mark?.column ?? 1) }

    private func fail(_ kind: DefinitionProblem.Kind, _ location: SourceLocation) -> DefinitionError {
        DefinitionError([DefinitionProblem(kind, at: location)])
    }

    // MARK: - Before composing

    /// The text without a byte order mark; UTF-8 and printable throughout (YAML 1.2, chapter 5.1).
    private func checkedText(_ bytes: [UInt8]) throws(DefinitionError) -> String {
        guard bytes.count <= limits.bytes else {
            throw fail(.tooLarge(what: "the file's size in bytes", limit: limits.bytes), place(1, 1))
        }
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        var line = 1
        var column = 1
        var decoder = UTF8()
        var iterator = body.makeIterator()
        scan: while true {
            switch decoder.decode(&iterator) {
            case .emptyInput: break scan
            case .error:
                throw fail(.syntax("a byte that is not UTF-8; save the file as UTF-8"), place(line, column))
            case .scalarValue(let scalar):
                guard Self.isPrintable(scalar) else {
                    let code = String(scalar.value, radix: 16, uppercase: true)
                    throw fail(
                        .syntax("the control character U+\(code), which YAML does not allow"),
                        place(line, column))
                }
                if scalar == "\n" {
                    (line, column) = (line + 1, 1)
                } else {
                    column += 1
                }
            }
        }
        return String(decoding: body, as: UTF8.self)
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
            0x10000...0x10FFFF:
            true
        default: false
        }
    }

    /// Counts what may be an alias (`*name` where a node may begin), in quoted text and comments too: counting too
    /// many is safe, counting too few is not.
    private func checkAliases(_ text: String) throws(DefinitionError) {
        var previous = UInt8(ascii: "\n")
        var line = 1
        var column = 0
        var found = 0
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            column += 1
            if byte == UInt8(ascii: "*"), Self.mayBegin(after: previous),
                Self.isAliasName(bytes[(index + 1)...])
            {
                found += 1
                if found > limits.aliases {
                    throw fail(
                        .tooLarge(what: "the number of aliases ('*name')", limit: limits.aliases),
                        place(line, column))
                }
            }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { (line, column) = (line + 1, 0) }
            previous = byte
        }
    }

    private static func mayBegin(after byte: UInt8) -> Bool {
        // Bytes above 0x7F may end one of YAML's wide line breaks.
        " \t\r\n[{,:-?".utf8.contains(byte) || byte > 0x7F
    }

    /// The characters of a name, and then one that may follow it; every other text is an error to libyaml.
    private static func isAliasName(_ rest: ArraySlice<UInt8>) -> Bool {
        let end = rest.firstIndex { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: false
            default: true
            }
        }
        guard end != rest.startIndex else { return false }
        return end.map { " \t\r\n?:,]}%@`".utf8.contains(rest[$0]) || rest[$0] > 0x7F } ?? !rest.isEmpty
    }

    // MARK: - After composing

    private func convert(_ node: Node, depth: Int, count: inout Int) throws(DefinitionError) -> YAMLNode {
        let location = place(node.mark)
        count += 1
        guard count <= limits.nodes else {
            throw fail(
                .tooLarge(what: "the number of values, aliases written out", limit: limits.nodes), location)
        }
        guard depth <= limits.depth else {
            throw fail(.tooLarge(what: "the depth of nested values", limit: limits.depth), location)
        }
        switch node {
        case .scalar(let scalar):
            try checkTag(scalar.tag, "str", location)
            return YAMLNode(
                content: .scalar(scalar.string, plain: scalar.style == .plain), location: location)
        case .sequence(let sequence):
            try checkTag(sequence.tag, "seq", location)
            var items: [YAMLNode] = []
            for item in sequence { items.append(try convert(item, depth: depth + 1, count: &count)) }
            return YAMLNode(content: .sequence(items), location: location)
        case .mapping(let mapping):
            try checkTag(mapping.tag, "map", location)
            return YAMLNode(
                content: .mapping(try entries(of: mapping, depth: depth, count: &count)), location: location)
        case .alias:
            throw fail(.syntax("an alias to nothing"), location)
        }
    }

    private func entries(
        of mapping: Node.Mapping, depth: Int, count: inout Int
    ) throws(DefinitionError) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        for (key, value) in mapping {
            let location = place(key.mark)
            guard let scalar = key.scalar else {
                throw fail(.syntax("a key must be a text, not a list or a mapping"), location)
            }
            guard scalar.string != "<<" else {
                throw fail(.syntax("merge keys ('<<') are not read; write the keys out"), location)
            }
            count += 1
            entries.append(
                .init(
                    key: scalar.string, place: location,
                    value: try convert(value, depth: depth + 1, count: &count)))
        }
        return entries
    }

    /// An explicit tag would change what a text means behind the decoders' back.
    private func checkTag(_ tag: Tag, _ usual: String, _ location: SourceLocation) throws(DefinitionError) {
        guard ["", "!", "tag:yaml.org,2002:\(usual)"].contains(tag.description) else {
            throw fail(.syntax("the tag '\(tag.description)' is not read; remove it"), location)
        }
    }

    private func problem(of error: YamlError, in text: String) -> DefinitionProblem {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let where_ = context.map { " (\($0.text))" } ?? ""
            return DefinitionProblem(.syntax("not YAML: \(problem)\(where_)"), at: place(mark))
        case .duplicatedKeysInMapping(let duplicates, let context):
            return DefinitionProblem(
                .duplicateKey(duplicates.first?.shortened ?? ""), at: place(context.mark))
        case .reader(let problem, _, _, _), .writer(let problem), .emitter(let problem),
            .representer(let problem):
            return DefinitionProblem(.syntax("not YAML: \(problem)"), at: place(1, 1))
        case .no, .memory, .dataCouldNotBeDecoded:
            return DefinitionProblem(.syntax("not YAML"), at: place(1, 1))
        }
    }
}
