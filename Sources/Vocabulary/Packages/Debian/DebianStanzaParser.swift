// SPDX-License-Identifier: Apache-2.0

/// One pass over the text.
struct DebianStanzaParser {
    private struct Piece {
        var start = 0
        var end = 0
    }

    var builder = PackageIndexBuilder()
    private let text: UnsafeRawBufferPointer
    let limits: IndexTextLimits
    private var pieces = [20 of Piece](repeating: Piece())
    private var seen: UInt32 = 0
    private var lastField: DebianIndexField?
    private var inStanza = false
    private var line = 0
    private var stanzaLine = 0

    init(_ text: UnsafeRawBufferPointer, limits: IndexTextLimits) {
        self.text = text
        self.limits = limits
        builder.reserve(strings: text.count / 2, records: min(text.count / 700, limits.records))
    }

    mutating func run() throws(IndexTextError) {
        var position = 0
        while position < text.count {
            line += 1
            let end = text.place(of: 0x0A, from: position)
            let first = text[position]
            if first == 0x20 || first == 0x09 {
                try readContinuation(position, end)
            } else if trimmedEnd(position, end) == position {
                try finishStanza()
            } else {
                try readField(position, end)
            }
            position = end + 1
        }
        try finishStanza()
    }

    private func trimmedEnd(_ start: Int, _ end: Int) -> Int {
        var end = end
        while end > start, text[end - 1] == 0x20 || text[end - 1] == 0x09 || text[end - 1] == 0x0D {
            end -= 1
        }
        return end
    }

    private mutating func readField(_ start: Int, _ end: Int) throws(IndexTextError) {
        let colon = text.place(of: 0x3A, from: start)
        guard colon < end, colon > start, text[start] != 0x23, text[start] != 0x2D else {
            throw .malformedLine(line: line, text: text.shown(start, end))
        }
        if !inStanza {
            inStanza = true
            stanzaLine = line
        }
        lastField = DebianIndexField(text.slice(start, colon))
        guard let field = lastField else { return }
        guard seen & (1 << UInt32(field.rawValue)) == 0 else {
            throw .duplicateField(package: packageName, line: stanzaLine, field: field.name)
        }
        seen |= 1 << UInt32(field.rawValue)
        var valueStart = colon + 1
        while valueStart < end, text[valueStart] == 0x20 || text[valueStart] == 0x09 { valueStart += 1 }
        try set(field, Piece(start: valueStart, end: trimmedEnd(valueStart, end)))
    }

    private mutating func readContinuation(_ start: Int, _ end: Int) throws(IndexTextError) {
        guard inStanza else { throw .malformedLine(line: line, text: text.shown(start, end)) }
        guard let field = lastField else { return }
        try set(field, Piece(start: pieces[field.rawValue].start, end: trimmedEnd(start, end)))
    }

    private mutating func set(_ field: DebianIndexField, _ piece: Piece) throws(IndexTextError) {
        guard piece.end - piece.start <= limits.fieldBytes else {
            throw .tooLarge(what: "field \(field.name) of '\(packageName)'", limit: limits.fieldBytes)
        }
        pieces[field.rawValue] = piece
    }

    private var packageName: String {
        let piece = pieces[DebianIndexField.package.rawValue]
        return seen & 1 == 1 ? text.shown(piece.start, piece.end) : "(unnamed)"
    }

    func value(_ field: DebianIndexField) -> UnsafeRawBufferPointer {
        guard seen & (1 << UInt32(field.rawValue)) != 0 else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        let piece = pieces[field.rawValue]
        return text.slice(piece.start, piece.end)
    }

    func bad(_ field: DebianIndexField) -> IndexTextError {
        let piece = pieces[field.rawValue]
        return .badValue(
            package: packageName, line: stanzaLine, field: field.name,
            value: text.shown(piece.start, piece.end))
    }

    private mutating func finishStanza() throws(IndexTextError) {
        guard inStanza else { return }
        for field: DebianIndexField in [.package, .version, .architecture, .filename, .size, .sha256]
        where value(field).isEmpty {
            throw .missingField(package: packageName, line: stanzaLine, field: field.name)
        }
        guard builder.count < limits.records else {
            throw .tooLarge(what: "the number of records", limit: limits.records)
        }
        var entry = PackageIndexBuilder.Entry()
        try readIdentity(into: &entry)
        try readNumbers(into: &entry)
        for (field, text) in Self.plainTexts { entry.texts[text.rawValue] = builder.store(value(field)) }
        entry.texts[PackageRecord.Text.filename.rawValue] = builder.store(value(.filename))
        entry.texts[PackageRecord.Text.maintainer.rawValue] = builder.share(value(.maintainer))
        entry.texts[PackageRecord.Text.homepage.rawValue] = builder.share(value(.homepage))
        try addProvides()
        builder.append(entry)
        inStanza = false
        lastField = nil
        seen = 0
    }

    private static let plainTexts: [(DebianIndexField, PackageRecord.Text)] = [
        (.depends, .depends), (.preDepends, .preDepends), (.provides, .provides), (.conflicts, .conflicts),
        (.breaks, .breaks), (.replaces, .replaces),
    ]
}
