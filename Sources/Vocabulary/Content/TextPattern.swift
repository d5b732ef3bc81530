// SPDX-License-Identifier: Apache-2.0

internal import CRE2

/// A regular expression as recipes write them, in RE2's syntax, with its replacement, in which `$1`, `${1}` and `${name}` stand
/// for groups and `$$` for a dollar.
///
/// Deliberate: the standard library's engine goes back and tries again, in time that no length of text bounds, and what is
/// matched are tags and pages that strangers write. RE2 takes time in proportion to the text.
package final class TextPattern {
    package struct Malformed: Error { package let reason: String }

    /// Bytes of the longest version or tag that is looked at.
    package static let limit = 512

    private let pattern: OpaquePointer
    private let groupCount: Int

    package init(_ text: String) throws(Malformed) {
        var text = text
        var error = [CChar](repeating: 0, count: 256)
        let made = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                cre2_create($0.baseAddress, $0.count, &error, error.count)
            }
        }
        guard let made else {
            let reason = String(
                decoding: error.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            throw Malformed(reason: "'\(text)' is no pattern: \(reason)")
        }
        pattern = made
        groupCount = Int(cre2_group_count(made))
    }

    deinit { cre2_destroy(pattern) }

    package func matches(_ text: String) -> Bool {
        guard text.utf8.count <= Self.limit else { return false }
        return firstMatch(in: Array(text.utf8), from: 0) != nil
    }

    /// The first group of every match, the whole match where the pattern has no group.
    /// - Parameter limit: texts that are longer have none.
    package func groups(in text: String, limit: Int = TextPattern.limit) -> [String] {
        guard text.utf8.count <= limit else { return [] }
        let bytes = Array(text.utf8)
        return matches(in: bytes).compactMap { match in
            match.range(of: groupCount == 0 ? 0 : 1).map { String(decoding: bytes[$0], as: UTF8.self) }
        }
    }

    /// Every match replaced; the text as it is where there is none.
    package func replacing(in text: String, with template: String) -> String {
        guard text.utf8.count <= Self.limit else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var end = 0
        for match in matches(in: bytes) {
            result += bytes[end..<match.whole.lowerBound]
            expand(template.utf8, match, bytes, into: &result)
            end = match.whole.upperBound
        }
        return String(decoding: result + bytes[end...], as: UTF8.self)
    }

    // MARK: - Matching

    private struct Match {
        let spans: [cre2_span]

        var whole: Range<Int> { Int(spans[0].start)..<Int(spans[0].end) }

        /// Nil for a group that is not there, or has no part in the match. The whole match is group 0.
        func range(of group: Int) -> Range<Int>? {
            guard spans.indices.contains(group), spans[group].start >= 0 else { return nil }
            return Int(spans[group].start)..<Int(spans[group].end)
        }
    }

    private func firstMatch(in text: [UInt8], from: Int) -> Match? {
        var spans = [cre2_span](repeating: cre2_span(start: -1, end: -1), count: groupCount + 1)
        let found = text.withUnsafeBytes { bytes in
            // A text without bytes has no place in memory, and RE2 wants one.
            withUnsafeBytes(of: UInt8(0)) { empty in
                let place = (bytes.baseAddress ?? empty.baseAddress)?.assumingMemoryBound(to: CChar.self)
                return cre2_match(pattern, place, bytes.count, from, &spans)
            }
        }
        return found == 1 ? Match(spans: spans) : nil
    }

    /// Every match, none inside another; an empty one does not stand at the end of the one before it.
    private func matches(in text: [UInt8]) -> [Match] {
        var matches: [Match] = []
        var from = 0
        while from <= text.count, let match = firstMatch(in: text, from: from) {
            let range = match.whole
            if !range.isEmpty || range.lowerBound != matches.last?.whole.upperBound { matches.append(match) }
            from = range.upperBound
            guard range.isEmpty else { continue }
            // A scalar further, whose other bytes are 10xxxxxx.
            repeat { from += 1 } while from < text.count && text[from] & 0xC0 == 0x80
        }
        return matches
    }

    // MARK: - Replacement

    private func expand(
        _ template: String.UTF8View, _ match: Match, _ text: [UInt8], into result: inout [UInt8]
    ) {
        let dollar = UInt8(ascii: "$")
        var rest = template[...]
        while let place = rest.firstIndex(of: dollar) {
            result += rest[..<place]
            rest = rest[rest.index(after: place)...]
            if rest.first == dollar {
                result.append(dollar)
                rest = rest.dropFirst()
                continue
            }
            let name: Substring.UTF8View
            if rest.first == UInt8(ascii: "{"), let end = rest.firstIndex(of: UInt8(ascii: "}")) {
                name = rest[rest.index(after: rest.startIndex)..<end]
                rest = rest[rest.index(after: end)...]
            } else {
                name = rest.prefix(while: Self.isWord)
                rest = rest[name.endIndex...]
            }
            // Nothing for a group that is not there.
            if let range = match.range(of: group(String(Substring(name)))) { result += text[range] }
        }
        result += rest
    }

    private func group(_ name: String) -> Int { Int(name) ?? Int(cre2_group_number(pattern, name)) }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == UInt8(ascii: "_")
    }
}
