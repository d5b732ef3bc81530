// SPDX-License-Identifier: Apache-2.0

/// ASCII armor (RFC 9580, 6): what keyrings in `.asc` files are wrapped in.
enum Armor {
    static func looksArmored(_ bytes: [UInt8]) -> Bool {
        bytes.first { !isSpace($0) } == 0x2D
    }

    /// The bytes of all blocks of a kind, one after the other; nil where the armor is damaged or there is none.
    static func unwrap(_ bytes: [UInt8], kind: String) -> [UInt8]? {
        let begin = "-----BEGIN PGP \(kind)-----"
        let end = "-----END PGP \(kind)-----"
        enum Place { case outside, headers, body, checksum }
        var place = Place.outside
        var result: [UInt8] = []
        var body: [UInt8] = []
        for raw in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let line = raw.filter { !isSpace($0) || $0 == 0x20 }
            let text = String(decoding: line, as: UTF8.self)
            switch place {
            case .outside:
                if text == begin { place = .headers }
            case .headers:
                // Headers end with an empty line; some writers have no header and no empty line.
                if text.allSatisfy({ $0 == " " }) {
                    place = .body
                } else if !text.contains(": ") {
                    return nil
                }
            case .body where text == end, .checksum where text == end:
                guard let decoded = decodeBase64(body) else { return nil }
                result += decoded
                body = []
                place = .outside
            case .body:
                if line.first == 0x3D { place = .checksum } else { body += line }
            case .checksum: return nil
            }
        }
        return place == .outside && !result.isEmpty ? result : nil
    }

    /// RFC 4648 with padding; nil for any other character.
    static func decodeBase64(_ text: [UInt8]) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var padding = 0
        for (index, character) in text.enumerated() {
            if character == 0x3D, index >= text.count - 2 {
                padding += 1
                bits <<= 6
            } else {
                guard padding == 0, let value = value(of: character) else { return nil }
                bits = bits << 6 | UInt32(value)
            }
            if index % 4 == 3 {
                result += [UInt8(bits >> 16 & 0xFF), UInt8(bits >> 8 & 0xFF), UInt8(bits & 0xFF)]
                bits = 0
            }
        }
        result.removeLast(padding)
        return result
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case 0x41...0x5A: character - 0x41
        case 0x61...0x7A: character - 0x61 + 26
        case 0x30...0x39: character - 0x30 + 52
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
