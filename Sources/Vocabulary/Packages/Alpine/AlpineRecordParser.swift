// SPDX-License-Identifier: Apache-2.0

/// One pass over the text.
struct AlpineRecordParser {
    private struct Piece {
        var start = 0
        var end = 0
    }

    var builder = PackageIndexBuilder()
    private let text: UnsafeRawBufferPointer
    let limits: IndexTextLimits
    /// By the letter, from `A`.
    private var pieces = [64 of Piece](repeating: Piece())
    private var seen: UInt64 = 0
    private var unknownField: UInt8 = 0
    private var inRecord = false
    private var line = 0
    private var recordLine = 0

    init(_ text: UnsafeRawBufferPointer, limits: IndexTextLimits) {
        self.text = text
        self.limits = limits
        builder.reserve(strings: text.count / 2, records: min(text.count / 350, limits.records))
    }

    mutating func run() throws(IndexTextError) {
        var position = 0
        while position < text.count {
            line += 1
            let end = text.place(of: 0x0A, from: position)
            if end == position {
                try finishRecord()
            } else {
                try readField(position, end)
            }
            position = end + 1
        }
        try finishRecord()
    }

    /// `X:value`
    private mutating func readField(_ start: Int, _ end: Int) throws(IndexTextError) {
        let letter = text[start]
        let isCapital = letter >= 0x41 && letter <= 0x5A
        guard isCapital || letter >= 0x61 && letter <= 0x7A, start + 1 < end, text[start + 1] == 0x3A else {
            throw .malformedLine(line: line, text: text.shown(start, end))
        }
        if !inRecord {
            inRecord = true
            recordLine = line
        }
        guard let field = AlpineIndexField(rawValue: letter) else {
            if isCapital, unknownField == 0 { unknownField = letter }
            return
        }
        let bit: UInt64 = 1 << UInt64(letter - 0x41)
        guard seen & bit == 0 else {
            throw .duplicateField(package: packageName, line: recordLine, field: field.title)
        }
        guard end - start <= limits.fieldBytes else {
            throw .tooLarge(what: "field \(field.title) of '\(packageName)'", limit: limits.fieldBytes)
        }
        seen |= bit
        pieces[Int(letter - 0x41)] = Piece(start: start + 2, end: end)
    }

    private var packageName: String {
        let name = value(.name)
        return name.isEmpty ? "(unnamed)" : String(decoding: name.prefix(100), as: UTF8.self)
    }

    func value(_ field: AlpineIndexField) -> UnsafeRawBufferPointer {
        let place = Int(field.rawValue - 0x41)
        guard seen & (1 << UInt64(place)) != 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return text.slice(pieces[place].start, pieces[place].end)
    }

    func bad(_ field: AlpineIndexField) -> IndexTextError {
        let piece = pieces[Int(field.rawValue - 0x41)]
        return .badValue(
            package: packageName, line: recordLine, field: field.title,
            value: text.shown(piece.start, piece.end))
    }

    private mutating func finishRecord() throws(IndexTextError) {
        guard inRecord else { return }
        for field in AlpineIndexField.required where value(field).isEmpty {
            throw .missingField(package: packageName, line: recordLine, field: field.title)
        }
        guard builder.count < limits.records else {
            throw .tooLarge(what: "the number of records", limit: limits.records)
        }
        var entry = PackageIndexBuilder.Entry()
        entry.unknownField = unknownField
        try readIdentity(into: &entry)
        try readNumbers(into: &entry)
        for (field, text) in Self.plainTexts { entry.texts[text.rawValue] = builder.store(value(field)) }
        for (field, text) in Self.sharedTexts { entry.texts[text.rawValue] = builder.share(value(field)) }
        try addProvides()
        builder.append(entry)
        inRecord = false
        seen = 0
        unknownField = 0
    }

    private static let plainTexts: [(AlpineIndexField, PackageRecord.Text)] = [
        (.depends, .depends), (.provides, .provides), (.installIf, .installIf), (.checksum, .checksum),
    ]
    private static let sharedTexts: [(AlpineIndexField, PackageRecord.Text)] = [
        (.maintainer, .maintainer), (.url, .homepage), (.license, .license),
    ]
}
