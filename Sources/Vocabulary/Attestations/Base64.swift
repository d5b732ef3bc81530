// SPDX-License-Identifier: Apache-2.0

/// Base64 (RFC 4648), strict where it is read: one text has one meaning. FoundationEssentials reads neither the
/// URL-safe alphabet nor refuses left-over bits.
package enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The standard alphabet, padded.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 1
            if count == 3 {
                for shift in [18, 12, 6, 0] as [UInt32] { text.append(alphabet[Int(bits >> shift & 63)]) }
                (bits, count) = (0, 0)
            }
        }
        if count > 0 {
            bits <<= UInt32(8 * (3 - count))
            text.append(alphabet[Int(bits >> 18 & 63)])
            text.append(alphabet[Int(bits >> 12 & 63)])
            text.append(count == 2 ? alphabet[Int(bits >> 6 & 63)] : 0x3D)
            text.append(0x3D)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads the standard or the URL-safe alphabet (DSSE, envelope.md: "either"), the latter also without padding.
    /// Nil for white space, a mixture of both alphabets, missing or surplus padding, and bits that are left over.
    package static func decode(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        let end = characters.lastIndex { $0 != 0x3D }.map { $0 + 1 } ?? 0
        let padding = characters.count - end
        let urlSafe = characters.contains { $0 == 0x2D || $0 == 0x5F }
        guard end % 4 != 1, padding == (4 - end % 4) % 4 || (urlSafe && padding == 0) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(end / 4 * 3 + 2)
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for character in characters[..<end] {
            guard let value = value(of: character, urlSafe: urlSafe) else { return nil }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
                bits &= (1 << count) - 1
            }
        }
        return bits == 0 ? bytes : nil
    }

    private static func value(of character: UInt8, urlSafe: Bool) -> UInt32? {
        switch character {
        case 0x41...0x5A: UInt32(character - 0x41)
        case 0x61...0x7A: UInt32(character - 0x61 + 26)
        case 0x30...0x39: UInt32(character - 0x30 + 52)
        case 0x2B where !urlSafe, 0x2D where urlSafe: 62
        case 0x2F where !urlSafe, 0x5F where urlSafe: 63
        default: nil
        }
    }
}
