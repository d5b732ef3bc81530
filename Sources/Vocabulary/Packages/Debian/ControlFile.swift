// SPDX-License-Identifier: Apache-2.0

/// One stanza of a control file: fields in their order, found without regard to case (Debian Policy 5.1).
package struct ControlStanza: Sendable, Equatable {
    package struct Field: Sendable, Equatable {
        /// As written.
        package let name: String
        /// First line and folded lines, joined by line breaks; the one blank that marks a folded line is gone.
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package private(set) var fields: [Field]
    /// Where it begins in its file, from 1.
    package let line: Int

    package init(_ fields: [Field], line: Int = 1) {
        self.fields = fields
        self.line = line
    }

    /// The value of a field, nil where the stanza has none of that name.
    package subscript(name: String) -> String? {
        fields.first { Self.same($0.name, name) }?.value
    }

    /// The value as one line: folded lines joined by blanks.
    package func joined(_ name: String) -> String? {
        self[name].map { value in
            value.split(separator: "\n").map(Self.trimmed).filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    /// The folded lines without the first line's own text where that is empty, as hash lists have them.
    package func lines(_ name: String) -> [Substring] {
        (self[name]?.split(separator: "\n") ?? []).map(Self.trimmed).filter { !$0.isEmpty }
    }

    /// Replaces a field in its place, or adds it behind the others.
    package mutating func set(_ name: String, _ value: String) {
        if let at = fields.firstIndex(where: { Self.same($0.name, name) }) {
            fields[at] = Field(fields[at].name, value)
        } else {
            fields.append(Field(name, value))
        }
    }

    private static func same(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count
            && zip(left.utf8, right.utf8).allSatisfy { lowercased($0) == lowercased($1) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}

extension ControlStanza: CustomStringConvertible {
    /// The stanza as a file has it, with a final line break.
    package var description: String {
        fields.map { field in
            let lines = field.value.split(separator: "\n", omittingEmptySubsequences: false)
            let first = lines.first ?? ""
            let rest = lines.dropFirst().map { "\n \($0.isEmpty ? "." : $0)" }.joined()
            return "\(field.name):\(first.isEmpty ? "" : " \(first)")\(rest)\n"
        }.joined()
    }
}

/// Control files in the deb822 format: `Release`, `control`, `.sources`, `status`. For whole `Packages` indexes there
/// is `DebianIndexParser`.
package enum ControlFile {
    package struct Limits: Sendable {
        package var bytes = 16 << 20
        package var stanzas = 100_000
        package var fieldsPerStanza = 1000
        package init() {}
    }

    /// Reads all stanzas; a line that begins with `#` is a comment wherever it stands (deb822(5)). `what` names the
    /// file in errors. Text that is not UTF-8 is read with replacement characters.
    package static func parse(
        _ bytes: [UInt8], what: String, limits: Limits = Limits()
    ) throws(ControlFileError) -> [ControlStanza] {
        guard bytes.count <= limits.bytes else {
            throw .tooLarge(what: what, limit: limits.bytes, unit: "bytes")
        }
        var stanzas: [ControlStanza] = []
        var current = Open()
        var line = 0
        for text in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            line += 1
            let text = text.last == 0x0D ? text.dropLast() : text
            if text.first == 0x23 { continue }
            if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
                if let stanza = current.close() { stanzas.append(stanza) }
                guard stanzas.count <= limits.stanzas else {
                    throw .tooLarge(what: what, limit: limits.stanzas, unit: "stanzas")
                }
            } else {
                try current.add(text, line: line, what: what, limits: limits)
            }
        }
        if let stanza = current.close() { stanzas.append(stanza) }
        return stanzas
    }

    /// The stanza that is being read.
    private struct Open {
        var fields: [ControlStanza.Field] = []
        var names: Set<String> = []
        var name: String?
        var value: [UInt8] = []
        var firstLine = 0

        mutating func add(
            _ text: ArraySlice<UInt8>, line: Int, what: String, limits: Limits
        ) throws(ControlFileError) {
            if text.first == 0x20 || text.first == 0x09 {
                guard name != nil else { throw .strayContinuation(what: what, line: line) }
                value.append(0x0A)
                value.append(contentsOf: text.dropFirst())
                return
            }
            closeField()
            guard let colon = text.firstIndex(of: 0x3A), colon > text.startIndex, text.first != 0x2D,
                text[..<colon].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else {
                throw .notAField(
                    what: what, line: line, text: String(decoding: text.prefix(100), as: UTF8.self))
            }
            let name = String(decoding: text[..<colon], as: UTF8.self)
            if fields.isEmpty { firstLine = line }
            guard names.insert(name.lowercased()).inserted else {
                throw .duplicateField(what: what, line: line, field: name)
            }
            guard names.count <= limits.fieldsPerStanza else {
                throw .tooLarge(what: what, limit: limits.fieldsPerStanza, unit: "fields in one stanza")
            }
            self.name = name
            var rest = text[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
            while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
            value = Array(rest)
        }

        mutating func closeField() {
            if let name { fields.append(ControlStanza.Field(name, String(decoding: value, as: UTF8.self))) }
            name = nil
        }

        mutating func close() -> ControlStanza? {
            closeField()
            defer { self = Open() }
            return fields.isEmpty ? nil : ControlStanza(fields, line: firstLine)
        }
    }
}

/// Why a text is no control file.
package enum ControlFileError: Error, Equatable, CustomStringConvertible {
    case tooLarge(what: String, limit: Int, unit: String)
    case notAField(what: String, line: Int, text: String)
    case strayContinuation(what: String, line: Int)
    case duplicateField(what: String, line: Int, field: String)

    package var description: String {
        switch self {
        case .tooLarge(let what, let limit, let unit):
            "\(what) has more than \(limit) \(unit), the most that is read"
        case .notAField(let what, let line, let text):
            "\(what), line \(line): expected 'Field: value', found '\(text)'"
        case .strayContinuation(let what, let line):
            "\(what), line \(line): a folded line (one that begins with a blank) needs a field before it"
        case .duplicateField(let what, let line, let field):
            "\(what), line \(line): field '\(field)' stands twice in one stanza"
        }
    }
}
