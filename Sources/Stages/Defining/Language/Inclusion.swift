// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Where the text of an included file comes from.
package struct IncludeReader: Sendable {
    package typealias Read =
        @Sendable (_ written: String, _ includer: String) throws -> (
            file: String, bytes: [UInt8]
        )?

    let read: Read

    /// `read` is given what stands at `include` and the file in which it stands, and returns the text with the name
    /// that the user knows it by; nil where there is no such file.
    package init(_ read: @escaping Read) { self.read = read }

    /// Nothing can be included.
    package static let none = IncludeReader { _, _ in nil }
}

/// Follows `include` (apko's key) and joins what it finds, the included first. What an included file says is read as if
/// it stood in the definition itself, relative paths too.
struct Inclusion {
    /// Files in all; each includes one at most, so that it bounds the depth too.
    static let limit = 16

    let reader: IncludeReader
    private(set) var sources: [DefinitionText.Source] = []
    private(set) var problems: [DefinitionProblem] = []
    private(set) var diagnostics: [Diagnostic] = []

    init(reader: IncludeReader) { self.reader = reader }

    /// The tree of a text with everything that it includes; nil where it is empty.
    mutating func tree(
        _ bytes: [UInt8], file: String, written: String? = nil
    ) throws(DefinitionError) -> YAMLNode? {
        sources.append(.init(file: file, written: written, bytes: bytes))
        let root = try YAMLDocument(file: file).compose(bytes)
        guard let root,
            case .mapping(var entries) = root.content,
            let place = entries.firstIndex(where: { $0.key == "include" }),
            case .scalar(let name, _) = entries[place].value.content
        else { return root }
        let include = entries.remove(at: place)
        let own = YAMLNode(content: .mapping(entries), location: root.location)
        guard Keys.definition["include"]?.isAbsent(include.value) == false else { return own }
        report(include)
        let included = try text(name, at: include.value.location, in: file)
        guard let base = try tree(included.bytes, file: included.file, written: name), !base.isNull else {
            return own
        }
        return join(own, base, by: .definition)
    }

    private mutating func report(_ include: YAMLNode.Entry) {
        guard let deprecation = Keys.definition["include"]?.deprecation else { return }
        diagnostics.append(
            Diagnostic(.warning, .deprecatedKey, "'include' is deprecated: \(deprecation)", at: include.place)
        )
    }

    private func text(
        _ name: String, at location: SourceLocation, in includer: String
    ) throws(DefinitionError) -> (file: String, bytes: [UInt8]) {
        func refuse(_ reason: String) -> DefinitionError {
            DefinitionError([
                DefinitionProblem(
                    .badValue(key: "include", value: name.shortened, reason: reason), at: location)
            ])
        }
        guard !name.contains("://"), !name.hasPrefix("/"), !name.contains(where: \.isNewline) else {
            throw refuse("it must be a local file, as a path from this one's folder")
        }
        guard sources.count < Self.limit else {
            throw refuse("more than \(Self.limit) files include one another")
        }
        let found: (file: String, bytes: [UInt8])?
        do {
            found = try reader.read(name, includer)
        } catch {
            throw refuse("\(error)")
        }
        guard let found else {
            throw refuse("there is no such file beside '\(includer)', nor in the working directory")
        }
        guard !sources.contains(where: { $0.file == found.file }) else {
            throw refuse("'\(found.file)' would include itself")
        }
        return found
    }

    // MARK: - Joining

    /// What `own` says on top of what `base` says.
    mutating func join(_ own: YAMLNode, _ base: YAMLNode, by keys: Keys) -> YAMLNode {
        guard case .mapping(var entries) = own.content, case .mapping(let bases) = base.content else {
            return mismatch(own, base, keys.context, "a mapping")
        }
        for entry in bases {
            guard let place = entries.firstIndex(where: { $0.key == entry.key }) else {
                entries.append(entry)
                continue
            }
            entries[place].value = join(entries[place].value, entry.value, at: keys[entry.key])
        }
        return YAMLNode(content: .mapping(entries), location: own.location)
    }

    private mutating func join(_ own: YAMLNode, _ base: YAMLNode, at key: Key?) -> YAMLNode {
        guard let key, !key.isAbsent(base) else { return own }
        if key.isAbsent(own) { return base }
        switch key.join {
        case .replace: return own.isEmpty ? base : own
        case .concatenate:
            guard case .sequence(let items) = own.content, case .sequence(let bases) = base.content else {
                return mismatch(own, base, key.name, "a list")
            }
            return YAMLNode(content: .sequence(bases + items), location: own.location)
        case .merge:
            guard case .mapping(let entries) = own.content, case .mapping(let bases) = base.content else {
                return mismatch(own, base, key.name, "a mapping from names to texts")
            }
            let missing = bases.filter { entry in !entries.contains { $0.key == entry.key } }
            return YAMLNode(content: .mapping(missing + entries), location: own.location)
        case .within:
            guard case .mapping(let inner) = key.shape else { return own }
            return join(own, base, by: inner)
        }
    }

    /// The decoder says what is wrong with the own value, and this what is wrong with the included one.
    private mutating func mismatch(
        _ own: YAMLNode, _ base: YAMLNode, _ key: String, _ expected: String
    ) -> YAMLNode {
        let isList = expected == "a list"
        switch base.content {
        case .sequence where isList, .mapping where !isList: break
        default:
            problems.append(
                DefinitionProblem(
                    .wrongType(key: key, expected: expected, found: base.kindName), at: base.location))
        }
        return own
    }
}
