// SPDX-License-Identifier: Apache-2.0

/// A version of an Alpine package, `1.2.3a_rc1~c0ffee-r4`, and its order: that of apk-tools (apk-package(5), "version").
///
/// It is read once into tokens. A package whose version leaves the grammar is usable all the same: what cannot be read
/// is one token more, which comes before anything that continues well.
package struct AlpineVersion: Sendable, CustomStringConvertible {
    /// As written.
    package let text: String
    let tokens: [Token]
    package var description: String { text }

    static let lengthLimit = 512

    /// Nil for a text that no package file could have in its name: empty, with blanks, slashes or beyond ASCII.
    package init?(_ text: some StringProtocol) {
        var text = String(text)
        guard text.withUTF8({ Self.accepts(UnsafeRawBufferPointer($0)) }) else { return nil }
        tokens = text.withUTF8 { Tokenizer(UnsafeRawBufferPointer($0)).all() }
        self.text = text
    }

    /// Whether the whole text follows the grammar; a dependency may only name such a version.
    package var isValid: Bool { tokens.last?.kind == .end }

    /// Printable ASCII that can stand in a file's name.
    static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        !bytes.isEmpty && bytes.count <= lengthLimit
            && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x2F && $0 != 0x5C }
    }

    /// A piece of the text. The order of the kinds is that of the grammar and means something: where two versions
    /// differ in kind, the one that is further in the grammar comes first.
    struct Token: Sendable {
        enum Kind: UInt8, Sendable {
            case firstNumber, number, letter, suffix, suffixNumber, hash, revision, end, invalid
        }

        let kind: Kind
        /// The bytes of the piece, without its separator.
        let start: UInt16
        let length: UInt16
        /// A letter, or a suffix's place in `suffixes`; 0 for the others.
        let value: UInt64

        /// A suffix that stands for something before the release itself.
        var isBefore: Bool { kind == .suffix && value < AlpineVersion.firstAfter }
    }
}

extension AlpineVersion {
    /// Reads a text from left to right; what has no place in the grammar there ends the reading.
    private struct Tokenizer {
        private let bytes: UnsafeRawBufferPointer
        private var at = 0
        private var last = Token.Kind.firstNumber
        private var tokens: [Token] = []

        init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        consuming func all() -> [Token] {
            if !addNumber(.firstNumber, from: 0) { addRest() }
            while tokens.last.map({ $0.kind != .invalid && $0.kind != .end }) ?? false { addNext() }
            return tokens
        }

        private mutating func addNext() {
            guard at < bytes.count else { return add(.end, at..<at) }
            let isDone =
                switch bytes[at] {
                case 0x2E: last <= .number && addNumber(.number, from: at + 1)
                case 0x61...0x7A: last <= .number && addLetter()
                case 0x5F: last <= .suffixNumber && addSuffix()
                case 0x30...0x39: last == .suffix && addNumber(.suffixNumber, from: at)
                case 0x7E: last <= .suffixNumber && addHash()
                case 0x2D:
                    last <= .hash && at + 1 < bytes.count && bytes[at + 1] == 0x72
                        && addNumber(.revision, from: at + 2)
                default: false
                }
            if !isDone { addRest() }
        }

        private mutating func add(_ kind: Token.Kind, _ range: Range<Int>, value: UInt64 = 0) {
            tokens.append(
                Token(
                    kind: kind, start: UInt16(range.lowerBound), length: UInt16(range.count), value: value))
            last = kind
            at = range.upperBound
        }

        private mutating func addRest() { add(.invalid, at..<bytes.count) }

        private mutating func addNumber(_ kind: Token.Kind, from start: Int) -> Bool {
            var end = start
            while end < bytes.count, bytes[end] >= 0x30, bytes[end] <= 0x39 { end += 1 }
            guard end > start else { return false }
            add(kind, start..<end)
            return true
        }

        private mutating func addLetter() -> Bool {
            add(.letter, at..<(at + 1), value: UInt64(bytes[at]))
            return true
        }

        private mutating func addSuffix() -> Bool {
            var end = at + 1
            while end < bytes.count, bytes[end] >= 0x61, bytes[end] <= 0x7A { end += 1 }
            let name = UnsafeRawBufferPointer(rebasing: bytes[(at + 1)..<end])
            let place = AlpineVersion.suffixes.firstIndex { suffix in
                suffix.utf8CodeUnitCount == name.count
                    && compareBytes(
                        name, UnsafeRawBufferPointer(start: suffix.utf8Start, count: suffix.utf8CodeUnitCount)
                    ) == 0
            }
            guard let place else { return false }
            add(.suffix, (at + 1)..<end, value: UInt64(place))
            return true
        }

        private mutating func addHash() -> Bool {
            var end = at + 1
            while end < bytes.count, Self.isHex(bytes[end]) { end += 1 }
            guard end > at + 1 else { return false }
            add(.hash, (at + 1)..<end)
            return true
        }

        private static func isHex(_ byte: UInt8) -> Bool {
            byte >= 0x30 && byte <= 0x39 || byte >= 0x61 && byte <= 0x66
        }
    }
}

extension AlpineVersion.Token.Kind: Comparable {
    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
