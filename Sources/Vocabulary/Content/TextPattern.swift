// SPDX-License-Identifier: Apache-2.0

/// A regular expression as recipes write them (RE2's syntax without `\p`, case folded for ASCII alone) with its replacement,
/// in which `$1`, `${1}` and `${name}` stand for groups and `$$` for a dollar.
///
/// Deliberate: the standard library's engine goes back and tries again, in time that no length of text bounds, and what is
/// matched are tags and pages that strangers write. Here a match takes time in proportion to text times pattern.
package struct TextPattern: Sendable {
    package struct Malformed: Error { package let reason: String }

    /// Bytes of the longest version or tag that is looked at.
    package static let limit = 512

    private let program: PatternProgram
    /// The groups' names, from the second on; nil for those without.
    private let names: [String?]

    package init(_ pattern: String) throws(Malformed) {
        do throws(Malformed) {
            var parser = PatternParser(pattern)
            program = try PatternProgram(try parser.parse())
            names = parser.names
        } catch { throw Malformed(reason: "'\(pattern)' is no pattern: \(error.reason)") }
    }

    package func matches(_ text: String) -> Bool {
        guard text.utf8.count <= Self.limit else { return false }
        return program.firstMatch(in: Array(text.unicodeScalars), from: 0) != nil
    }

    /// The first group of every match, the whole match where the pattern has no group.
    /// - Parameter limit: texts that are longer have none.
    package func groups(in text: String, limit: Int = Self.limit) -> [String] {
        guard text.utf8.count <= limit else { return [] }
        let scalars = Array(text.unicodeScalars)
        return program.matches(in: scalars).compactMap { match in
            (names.isEmpty ? match.range : match.group(1)).map { Self.text(scalars[$0]) }
        }
    }

    /// Every match replaced; the text as it is where there is none.
    package func replacing(in text: String, with template: String) -> String {
        guard text.utf8.count <= Self.limit else { return text }
        let scalars = Array(text.unicodeScalars)
        var result = ""
        var end = 0
        for match in program.matches(in: scalars) {
            result += Self.text(scalars[end..<match.start]) + expand(template, match, scalars)
            end = match.end
        }
        return result + Self.text(scalars[end...])
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    private func expand(
        _ template: String, _ match: PatternProgram.Match, _ text: [Unicode.Scalar]
    ) -> String {
        var result = ""
        var rest = template[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
                continue
            }
            let name: Substring
            if rest.first == "{", let end = rest.firstIndex(of: "}") {
                name = rest[rest.index(after: rest.startIndex)..<end]
                rest = rest[rest.index(after: end)...]
            } else {
                name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                rest = rest[name.endIndex...]
            }
            // Nothing for a group that is not there.
            let number = Int(name) ?? names.firstIndex { $0 == String(name) }.map { $0 + 1 }
            if let range = number.flatMap({ match.group($0) }) { result += Self.text(text[range]) }
        }
        return result + rest
    }
}
