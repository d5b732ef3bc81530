// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// A change of a recipe's text: single values are replaced where they stand, in the quotes that they have; every other byte
/// stays. The result is read again, and is the recipe with exactly these values changed.
package struct RecipeEdit: Sendable {
    /// Why a value cannot be replaced.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        case absent(what: String, file: String)
        /// It is written in a way that is not edited: in several lines, with an anchor or a tag.
        case unusual(what: String, at: SourceLocation)
        /// One text in the recipe stands for two values that are to differ.
        case ambiguous(what: String, at: SourceLocation)
        /// The text does not mean what was intended after all.
        case mistaken(file: String)

        package var description: String {
            switch self {
            case .absent(let what, let file):
                "\(file): \(what) does not stand in the recipe as it is; write the new one by hand"
            case .unusual(let what, let place):
                "\(place): \(what) is written in a way that is not edited; write it on one line, without anchor or tag"
            case .ambiguous(let what, let place):
                "\(place): \(what) stands for two sources that now differ; write the new ones by hand"
            case .mistaken(let file):
                "\(file): the edited text would not mean what was intended; edit it by hand"
            }
        }
    }

    private struct Replacement: Sendable, Equatable {
        var location: SourceLocation
        var old: String
        var new: String
        /// For messages.
        var what: String
    }

    private let file: String
    private let bytes: [UInt8]
    private let root: YAMLNode
    private var replacements: [Replacement] = []

    /// - Parameter bytes: a recipe that can be read.
    /// - Throws: `DefinitionError` for what is no YAML.
    package init(_ bytes: [UInt8], file: String) throws(DefinitionError) {
        guard let root = try YAMLDocument(file: file).compose(bytes) else {
            throw DefinitionError([
                DefinitionProblem(
                    .syntax("the recipe is empty"), at: SourceLocation(file: file, line: 1, column: 1))
            ])
        }
        self.file = file
        self.bytes = bytes
        self.root = root
    }

    /// Sets `package.version` and `package.epoch`.
    package mutating func set(version: String, epoch: UInt32) throws(Failure) {
        for (key, value) in [("version", version), ("epoch", "\(epoch)")] {
            guard let node = root["package"]?.value[key]?.value else {
                throw .absent(what: "package.\(key)", file: file)
            }
            try replace(node, by: value, what: "package.\(key)")
        }
    }

    /// Replaces what pins a source (a digest or a commit, in hex), wherever it stands as a value of its own: beside the source,
    /// in a variable, in the input of a pipeline.
    package mutating func replace(pin old: String, by new: String) throws(Failure) {
        let what = "the pin \(old.prefix(12))…"
        let places = Self.scalars(of: root).filter { $0.text.lowercased() == old.lowercased() }
        guard !places.isEmpty else { throw .absent(what: what, file: file) }
        for place in places { try replace(place.node, by: new, what: what) }
    }

    /// Replaces the SHA-512 that stands beside this SHA-256 (before it was replaced), where one does.
    package mutating func replace(sha512Beside sha256: String, by new: String) throws(Failure) {
        for mapping in Self.mappings(of: root) {
            guard case .scalar(let text, _) = mapping["expected-sha256"]?.value.content,
                text.lowercased() == sha256.lowercased(), let node = mapping["expected-sha512"]?.value,
                !node.isNull
            else { continue }
            try replace(node, by: new, what: "expected-sha512")
        }
    }

    private mutating func replace(_ node: YAMLNode, by new: String, what: String) throws(Failure) {
        guard case .scalar(let old, _) = node.content else { throw .unusual(what: what, at: node.location) }
        if let known = replacements.first(where: { $0.location == node.location }) {
            guard known.new == new else { throw .ambiguous(what: what, at: node.location) }
            return
        }
        replacements.append(Replacement(location: node.location, old: old, new: new, what: what))
    }

    // MARK: - The new text

    /// The text with every value replaced.
    /// - Throws: `Failure.unusual` for a value that is not edited, `.mistaken` where the text would be read as anything else
    ///   than the recipe with these values.
    package func text() throws(Failure) -> [UInt8] {
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let places = TextPlaces(bytes[body...])
        var edits: [(range: Range<Int>, bytes: [UInt8])] = []
        for replacement in replacements {
            guard let start = places.offset(of: replacement.location),
                let range = Self.range(of: replacement.old, at: start, in: bytes)
            else { throw .unusual(what: replacement.what, at: replacement.location) }
            edits.append((range, Array(replacement.new.utf8)))
        }
        var result: [UInt8] = []
        var position = 0
        for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard edit.range.lowerBound >= position else { throw .mistaken(file: file) }
            result += bytes[position..<edit.range.lowerBound] + edit.bytes
            position = edit.range.upperBound
        }
        result += bytes[position...]
        let values = Dictionary(
            replacements.map { ($0.location, $0.new) }, uniquingKeysWith: { first, _ in first })
        let read = try? YAMLDocument(file: file).compose(result)
        guard let read, Self.means(read, sameAs: root, with: values) else { throw .mistaken(file: file) }
        return result
    }

    /// The bytes of a scalar on one line, inside of its quotes; nil where it is written otherwise.
    private static func range(of text: String, at start: Int, in bytes: [UInt8]) -> Range<Int>? {
        guard start < bytes.count else { return nil }
        let quote = bytes[start]
        let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
        let first = isQuoted ? start + 1 : start
        let end = first + text.utf8.count
        guard end <= bytes.count, bytes[first..<end].elementsEqual(text.utf8) else { return nil }
        if isQuoted { guard end < bytes.count, bytes[end] == quote else { return nil } }
        return first..<end
    }

    private static func means(
        _ new: YAMLNode, sameAs old: YAMLNode, with values: [SourceLocation: String]
    ) -> Bool {
        switch (new.content, old.content) {
        case (.scalar(let new, let isPlain), .scalar(let text, let wasPlain)):
            return new == values[old.location] ?? text && isPlain == wasPlain
        case (.sequence(let new), .sequence(let old)):
            return new.count == old.count && zip(new, old).allSatisfy { means($0, sameAs: $1, with: values) }
        case (.mapping(let new), .mapping(let old)):
            return new.count == old.count
                && zip(new, old).allSatisfy {
                    $0.key == $1.key && means($0.value, sameAs: $1.value, with: values)
                }
        default: return false
        }
    }

    // MARK: - Finding

    private static func scalars(of node: YAMLNode) -> [(node: YAMLNode, text: String)] {
        switch node.content {
        case .scalar(let text, _): [(node, text)]
        case .sequence(let items): items.flatMap(scalars)
        case .mapping(let entries): entries.flatMap { scalars(of: $0.value) }
        }
    }

    private static func mappings(of node: YAMLNode) -> [YAMLNode] {
        switch node.content {
        case .scalar: []
        case .sequence(let items): items.flatMap(mappings)
        case .mapping(let entries): [node] + entries.flatMap { mappings(of: $0.value) }
        }
    }
}

/// Where lines begin, as YAML counts lines (1.1, section 5.4: LF, CR, CR LF, NEL, LS and PS end one).
struct TextPlaces {
    private let bytes: ArraySlice<UInt8>
    private var lines: [Int] = []

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        lines = [bytes.startIndex]
        var place = bytes.startIndex
        while place < bytes.endIndex {
            let rest = bytes[place...]
            let length =
                rest.starts(with: [0x0D, 0x0A]) || rest.starts(with: [0xC2, 0x85])
                ? 2 : rest.starts(with: [0xE2, 0x80, 0xA8]) || rest.starts(with: [0xE2, 0x80, 0xA9]) ? 3 : 1
            let isBreak = length > 1 || rest.first == 0x0A || rest.first == 0x0D
            place += length
            if isBreak { lines.append(place) }
        }
    }

    /// The byte at which a character begins; nil outside of the text. Columns count characters.
    func offset(of location: SourceLocation) -> Int? {
        guard (1...lines.count).contains(location.line) else { return nil }
        var place = lines[location.line - 1]
        for _ in 1..<max(1, location.column) {
            guard place < bytes.endIndex else { return nil }
            repeat { place += 1 } while place < bytes.endIndex && bytes[place] & 0xC0 == 0x80
        }
        return place
    }
}
