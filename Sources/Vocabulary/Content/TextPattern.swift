// SPDX-License-Identifier: Apache-2.0

/// A regular expression as recipes write them (RE2's syntax, as far as Swift's engine has it) with its replacement, in which
/// `$1`, `${1}` and `${name}` stand for groups and `$$` for a dollar.
package struct TextPattern {
    package struct Malformed: Error { package let reason: String }

    /// Neither a version nor a tag is longer; a pattern cannot be kept busy for long by more.
    package static let limit = 512

    private let regex: Regex<AnyRegexOutput>

    package init(_ pattern: String) throws(Malformed) {
        // As RE2 does, by code points; not by what people call a character.
        do { regex = try Regex(pattern).matchingSemantics(.unicodeScalar) } catch {
            throw Malformed(reason: "'\(pattern)' is no pattern: \(error)")
        }
    }

    package func matches(_ text: String) -> Bool {
        guard text.utf8.count <= Self.limit else { return false }
        return (try? regex.firstMatch(in: text)) != nil
    }

    /// The first group of every match, the whole match where the pattern has no group.
    /// - Parameter limit: texts that are longer have none.
    package func groups(in text: String, limit: Int = Self.limit) -> [String] {
        guard text.utf8.count <= limit else { return [] }
        return text.matches(of: regex).compactMap { match in
            (match.output.count > 1 ? match.output[1] : match.output[0]).substring.map(String.init)
        }
    }

    /// Every match replaced; the text as it is where there is none.
    package func replacing(in text: String, with template: String) -> String {
        guard text.utf8.count <= Self.limit else { return text }
        return text.replacing(regex) { match in Self.expand(template, match) }
    }

    private static func expand(_ template: String, _ match: Regex<AnyRegexOutput>.Match) -> String {
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
            result += group(name, of: match)
        }
        return result + rest
    }

    /// Nothing for a group that is not there.
    private static func group(_ name: Substring, of match: Regex<AnyRegexOutput>.Match) -> Substring {
        if let number = Int(name) {
            return number < match.output.count ? match.output[number].substring ?? "" : ""
        }
        return match.output.first { $0.name == String(name) }?.substring ?? ""
    }
}
