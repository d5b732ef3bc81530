// SPDX-License-Identifier: Apache-2.0

/// What a patch says of itself before its first difference: the header of DEP-3 (Debian's patch tagging guidelines), or that
/// of a mail as git writes it (git-format-patch(1)).
package struct PatchHeader: Sendable, Equatable {
    /// One line.
    package private(set) var subject: String?
    /// `YYYY-MM-DD`: when it was changed last, else when it was written.
    package private(set) var date: String?
    /// Where upstream stands to it, in the header's words: that it has it, from which version on, where it was sent, or why
    /// it was not. Nil where the patch does not say.
    package private(set) var upstream: String?

    private static let lineLimit = 200

    /// Reads at most the first lines of `bytes`; whatever stands there, this never fails.
    package init(_ bytes: [UInt8]) {
        var fields: [String: String] = [:]
        var body: [Substring] = []
        var last: String?
        let text = String(decoding: bytes.prefix(64 << 10), as: UTF8.self)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(Self.lineLimit) {
            if Self.endsHeader(line) { break }
            if let name = last, line.first == " " || line.first == "\t" {
                fields[name, default: ""] += " " + Self.trimmed(line)
            } else if let (name, value) = Self.field(line) {
                last = name
                fields[name] = fields[name] ?? value
            } else {
                last = nil
                body.append(line)
            }
        }
        subject = Self.first(["description", "subject"], fields).map { String(Self.withoutTag($0)) }
        date = Self.first(["last-update", "date"], fields).flatMap { Self.day($0) }
        upstream = Self.standing(fields, body)
    }

    private static func standing(_ fields: [String: String], _ body: [Substring]) -> String? {
        if let applied = first(["applied-upstream"], fields) { return "upstream has it: \(applied)" }
        if let origin = fields["origin"],
            origin.lowercased().hasPrefix("upstream") || origin.lowercased().hasPrefix("backport")
        {
            return "it is upstream's: \(origin)"
        }
        if let forwarded = first(["forwarded"], fields) {
            switch forwarded.lowercased() {
            case "no": return fields["comment"].map { "not sent: \($0)" }
            case "not-needed": return "it is nothing for upstream"
            default: return "sent: \(forwarded)"
            }
        }
        for line in body where line.hasPrefix("(cherry picked from commit ") {
            return "it is upstream's: \(line.dropFirst(1).prefix { $0 != ")" })"
        }
        if let bug = first(["bug"], fields) { return "reported: \(bug)" }
        return nil
    }

    private static func first(_ names: [String], _ fields: [String: String]) -> String? {
        names.lazy.compactMap { fields[$0] }.first { !$0.isEmpty }
    }

    private static func endsHeader(_ line: Substring) -> Bool {
        ["--- ", "diff ", "Index: ", "@@ "].contains { line.hasPrefix($0) }
    }

    /// `Name: value`, the name in lowercase.
    private static func field(_ line: Substring) -> (name: String, value: String)? {
        let plain = line.hasPrefix("# ") ? line.dropFirst(2) : line
        guard let colon = plain.firstIndex(of: ":"), colon > plain.startIndex,
            plain[..<colon].utf8.allSatisfy({ $0.isLetter || $0 == UInt8(ascii: "-") })
        else { return nil }
        return (plain[..<colon].lowercased(), trimmed(plain[plain.index(after: colon)...]))
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// Without git's `[PATCH 1/2]`.
    private static func withoutTag(_ subject: String) -> Substring {
        guard subject.hasPrefix("[PATCH"), let end = subject.firstIndex(of: "]") else { return subject[...] }
        return subject[subject.index(after: end)...].drop { $0 == " " }
    }

    /// Of ISO 8601 (`2024-03-05…`) and of RFC 5322 (`Tue, 5 Mar 2024 …`).
    private static func day(_ text: String) -> String? {
        let iso = text.prefix(10)
        if iso.utf8.count == 10,
            iso.utf8.enumerated().allSatisfy({ place, byte in
                place == 4 || place == 7 ? byte == UInt8(ascii: "-") : byte.isDigit
            })
        {
            return String(iso)
        }
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," })
        guard let month = words.firstIndex(where: { Timestamp.months.contains(String($0)) }), month > 0,
            month + 1 < words.count, let number = Timestamp.months.firstIndex(of: String(words[month])),
            let day = Int(words[month - 1]), (1...31).contains(day), let year = Int(words[month + 1]),
            (1970...9999).contains(year)
        else { return nil }
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(padded(number + 1))-\(padded(day))"
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
}
