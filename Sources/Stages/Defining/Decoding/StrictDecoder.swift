// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Reads nodes as values and goes on after a mistake, so that one run reports them all.
struct StrictDecoder {
    private(set) var problems: [DefinitionProblem] = []
    private(set) var diagnostics: [Diagnostic] = []
    /// Known once the repositories are read.
    var language = FamilyLanguage.of(nil)

    /// The values of a mapping by their key, those written as nothing left out.
    struct Fields {
        let keys: Keys
        let location: SourceLocation
        fileprivate(set) var values: [String: YAMLNode] = [:]
        subscript(key: String) -> YAMLNode? { values[key] }
    }

    // MARK: - Reporting

    mutating func fail(_ kind: DefinitionProblem.Kind, at location: SourceLocation) {
        problems.append(DefinitionProblem(kind, at: location))
    }

    mutating func bad(_ node: YAMLNode, _ key: String, _ value: String, _ reason: String) {
        fail(.badValue(key: key, value: value.shortened, reason: reason), at: node.location)
    }

    mutating func report(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

    mutating func wrongType(_ node: YAMLNode, _ key: String, _ expected: String) {
        fail(.wrongType(key: key, expected: expected, found: node.kindName), at: node.location)
    }

    // MARK: - Shapes

    /// The mapping's values; unknown keys are problems. Nil where it is no mapping.
    mutating func fields(_ node: YAMLNode, _ keys: Keys) -> Fields? {
        guard case .mapping(let entries) = node.content else {
            wrongType(
                node, bare(keys.context), "a mapping with the keys \(keys.names.joined(separator: ", "))")
            return nil
        }
        var fields = Fields(keys: keys, location: node.location)
        for entry in entries {
            if let key = keys[entry.key] {
                guard !key.isAbsent(entry.value) else { continue }
                fields.values[entry.key] = entry.value
                if let deprecation = key.deprecation {
                    report(
                        Diagnostic(
                            .warning, .deprecatedKey, "'\(key.name)' is deprecated: \(deprecation)",
                            at: entry.place))
                }
            } else if let instead = keys.removed[entry.key] {
                fail(.removedKey(entry.key, instead: instead), at: entry.place)
            } else {
                let nearest = EditDistance.nearest(to: entry.key, among: keys.names)
                fail(
                    .unknownKey(entry.key.shortened, in: keys.context, nearest: nearest), at: entry.place)
            }
        }
        return fields
    }

    /// Without the quotes that stand around a key's name in sentences.
    private func bare(_ context: String) -> String {
        context.hasPrefix("'") ? String(context.dropFirst().dropLast()) : context
    }

    /// The value of a key that must be there.
    mutating func require(_ key: String, _ fields: Fields) -> YAMLNode? {
        if let node = fields[key] { return node }
        fail(.missingKey(key, in: fields.keys.context), at: fields.location)
        return nil
    }

    /// A list's items; nothing where the key is absent or the value is no list.
    mutating func list(_ node: YAMLNode?, _ key: String) -> [YAMLNode] {
        guard let node else { return [] }
        guard case .sequence(let items) = node.content else {
            wrongType(node, key, "a list")
            return []
        }
        return items
    }

    /// A mapping from texts to texts.
    mutating func texts(_ node: YAMLNode?, _ key: String) -> [String: YAMLNode] {
        guard let node else { return [:] }
        guard case .mapping(let entries) = node.content else {
            wrongType(node, key, "a mapping from names to texts")
            return [:]
        }
        return Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: - Scalars

    /// Any scalar as it is written; numbers and booleans are texts too where a text is wanted.
    mutating func text(_ node: YAMLNode?, _ key: String) -> String? {
        guard let node else { return nil }
        guard case .scalar(let text, _) = node.content, !node.isNull else {
            wrongType(node, key, "a text")
            return nil
        }
        return text
    }

    /// A text with something in it and without line breaks.
    mutating func line(_ node: YAMLNode?, _ key: String) -> String? {
        guard let node, let text = text(node, key) else { return nil }
        guard !text.isEmpty else {
            bad(node, key, text, "it is empty")
            return nil
        }
        guard !text.contains(where: \.isNewline) else {
            bad(node, key, text, "it has more than one line")
            return nil
        }
        return text
    }

    mutating func integer(_ node: YAMLNode?, _ key: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let node else { return nil }
        guard case .scalar(let text, plain: true) = node.content, let value = YAMLScalar.integer(text) else {
            wrongType(node, key, "a whole number")
            return nil
        }
        guard range.contains(value) else {
            bad(node, key, text, "it must be from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    mutating func boolean(_ node: YAMLNode?, _ key: String) -> Bool? {
        guard let node else { return nil }
        guard case .scalar(let text, plain: true) = node.content, text == "true" || text == "false" else {
            wrongType(node, key, "true or false")
            return nil
        }
        return text == "true"
    }

    /// A user's or group's number.
    mutating func identifier(_ node: YAMLNode?, _ key: String) -> UInt32? {
        integer(node, key, in: Keys.identifiers).map { UInt32($0) }
    }

    /// Mode bits. `755` is a decimal number in YAML, and nearly always a slip.
    mutating func mode(_ node: YAMLNode?, _ key: String) -> UInt16? {
        guard let node, let value = integer(node, key, in: 0...0o7777) else { return nil }
        if case .scalar(let text, _) = node.content, text.count >= 3, !text.hasPrefix("0"),
            text.utf8.allSatisfy({ (0x30...0x37).contains($0) })
        {
            report(
                Diagnostic(
                    .warning, .decimalMode,
                    "'\(key): \(text)' is a decimal number, octal \(String(value, radix: 8)); write 0o\(text) for the mode \(text)",
                    at: node.location))
        }
        return UInt16(value)
    }

    /// One of a closed set of words.
    mutating func word(_ node: YAMLNode?, _ key: String, of words: [String]) -> String? {
        guard let node, let text = line(node, key) else { return nil }
        guard words.contains(text) else {
            let nearest = EditDistance.nearest(to: text, among: words).map { "; did you mean '\($0)'?" } ?? ""
            bad(node, key, text, "use one of \(words.joined(separator: ", "))\(nearest)")
            return nil
        }
        return text
    }

    /// Arguments: a list of texts as it is, or one text split into words as a shell would.
    mutating func arguments(_ node: YAMLNode?, _ key: String) -> [String]? {
        guard let node else { return nil }
        if case .sequence(let items) = node.content { return items.compactMap { text($0, key) } }
        guard let line = text(node, key) else { return nil }
        do throws(ShellWords.SplitError) {
            return try ShellWords.split(line)
        } catch {
            bad(node, key, line, error.reason)
            return nil
        }
    }

    /// A path inside the image.
    mutating func imagePath(_ node: YAMLNode?, _ key: String) -> ImagePath? {
        guard let node, let text = line(node, key) else { return nil }
        guard let path = ImagePath(text) else {
            bad(node, key, text, "it leaves the image's root or is too long")
            return nil
        }
        return path
    }

    /// An absolute path inside the image, as text.
    mutating func absolutePath(_ node: YAMLNode?, _ key: String) -> String? {
        guard let node, let text = line(node, key) else { return nil }
        guard text.hasPrefix("/"), let path = ImagePath(text) else {
            bad(node, key, text, "it must be an absolute path inside the image")
            return nil
        }
        return path.absolute
    }

    /// A file beside the definition: a path that stays below the definition's own folder.
    mutating func localPath(_ node: YAMLNode?, _ key: String) -> String? {
        guard let node, let text = line(node, key) else { return nil }
        guard !text.hasPrefix("/"), let path = ImagePath(text), !path.isRoot else {
            bad(node, key, text, "it must be a path below the folder of this file")
            return nil
        }
        return path.text
    }
}

extension Diagnostic.Code {
    static let decimalMode = Self(rawValue: "decimal-mode")
    static let imageRunsAsRoot = Self(rawValue: "image-runs-as-root")
    static let defaultArchitecture = Self(rawValue: "default-architecture")
    static let duplicateRequest = Self(rawValue: "duplicate-request")
    static let deprecatedKey = Self(rawValue: "deprecated-key")
    static let duplicateValue = Self(rawValue: "duplicate-value")
    static let layeringBudget = Self(rawValue: "layering-budget")
    static let entrypointIgnored = Self(rawValue: "entrypoint-ignored")
}
