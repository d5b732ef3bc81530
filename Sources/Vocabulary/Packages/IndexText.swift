// SPDX-License-Identifier: Apache-2.0

/// What the readers of indexes' texts take at most; real ones are far below.
package struct IndexTextLimits: Sendable {
    package var bytes = 1 << 30
    package var records = 1_000_000
    /// Of one field, with the lines that continue it.
    package var fieldBytes = 1 << 20
    package var provides = 8_000_000
    package init() {}
}

/// Why a text is no index of packages.
package enum IndexTextError: Error, Equatable, CustomStringConvertible {
    case tooLarge(what: String, limit: Int)
    case malformedLine(line: Int, text: String)
    case missingField(package: String, line: Int, field: String)
    case duplicateField(package: String, line: Int, field: String)
    case badValue(package: String, line: Int, field: String, value: String)

    package var description: String {
        let next =
            "the repository must be repaired, or the line that names it removed from contents.repositories"
        switch self {
        case .tooLarge(let what, let limit): return "\(what) is larger than \(limit), the most that is read"
        case .malformedLine(let line, let text):
            return "line \(line) of the package index is no field: '\(text)'; \(next)"
        case .missingField(let package, let line, let field):
            return "the record of '\(package)' at line \(line) of the package index has no \(field); \(next)"
        case .duplicateField(let package, let line, let field):
            return
                "the record of '\(package)' at line \(line) of the package index has \(field) twice; \(next)"
        case .badValue(let package, let line, let field, let value):
            return
                "the record of '\(package)' at line \(line) of the package index has an impossible \(field) "
                + "'\(value)'; \(next)"
        }
    }
}

extension UnsafeRawBufferPointer {
    func slice(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[start..<end])
    }

    /// As much of a part as a message shows.
    func shown(_ start: Int, _ end: Int) -> String {
        String(decoding: self[start..<Swift.min(end, start + 100)], as: UTF8.self)
    }

    /// A number of 1 to 18 digits; nil for anything else.
    var decimal: UInt64? {
        guard (1...18).contains(count) else { return nil }
        var value: UInt64 = 0
        for digit in self {
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            value = value * 10 + UInt64(digit - 0x30)
        }
        return value
    }
}
