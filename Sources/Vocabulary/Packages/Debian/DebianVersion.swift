// SPDX-License-Identifier: Apache-2.0

/// A Debian version: `[epoch:]upstream[-revision]` and its order (Debian Policy 5.6.12). Two spellings of one version
/// (`1.0` and `1.0-0`) are equal.
package struct DebianVersion: Sendable, CustomStringConvertible {
    /// As written.
    package let text: String
    package var description: String { text }

    /// Nil for what dpkg would not take as a version; a version that does not begin with a digit is taken, as dpkg
    /// takes it from a repository.
    package init?(_ text: some StringProtocol) {
        var text = String(text)
        guard text.withUTF8({ Self.accepts(UnsafeRawBufferPointer($0)) }) else { return nil }
        self.text = text
    }

    /// Whether the bytes are a version: epoch up to 2³¹ − 1; upstream of letters, digits and `.+-~:`; revision of
    /// letters, digits and `.+~`.
    static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard !bytes.isEmpty, bytes.count <= 512 else { return false }
        let parts = Parts(bytes)
        if parts.upstreamStart > 0 {
            let epoch = bytes[..<(parts.upstreamStart - 1)]
            guard !epoch.isEmpty, epoch.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
                parts.epoch <= UInt64(Int32.max)
            else { return false }
        }
        guard parts.upstreamStart < parts.upstreamEnd, parts.revisionStart <= bytes.count,
            parts.revisionStart == parts.upstreamEnd || parts.revisionStart < bytes.count
        else { return false }
        for at in parts.upstreamStart..<parts.upstreamEnd {
            switch bytes[at] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x2B, 0x2D, 0x7E: continue
            case 0x3A where parts.upstreamStart > 0: continue
            default: return false
            }
        }
        return bytes[parts.revisionStart...].allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x2B, 0x7E: true
            default: false
            }
        }
    }

    /// Upstream's part: without epoch and revision.
    package var upstream: String { String(decoding: withoutEpoch.utf8.prefix(upstreamCount), as: UTF8.self) }

    /// A version without one is of a native package (Debian Policy 5.6.12).
    package var hasRevision: Bool { upstreamCount < withoutEpoch.utf8.count }

    private var upstreamCount: Int {
        let text = withoutEpoch.utf8
        return text.lastIndex(of: 0x2D).map { text.distance(from: text.startIndex, to: $0) } ?? text.count
    }

    /// The version without epoch, as file names have it.
    package var withoutEpoch: String {
        text.firstIndex(of: ":").map { String(text[text.index(after: $0)...]) } ?? text
    }

    private struct Parts {
        var epoch: UInt64 = 0
        var upstreamStart = 0
        var upstreamEnd: Int
        /// Equal to `upstreamEnd` where there is no revision.
        var revisionStart: Int

        init(_ bytes: UnsafeRawBufferPointer) {
            upstreamEnd = bytes.count
            revisionStart = bytes.count
            if let colon = bytes.firstIndex(of: 0x3A) {
                for digit in bytes[..<colon] {
                    epoch = epoch > 1 << 40 ? epoch : epoch * 10 + UInt64(digit & 15)
                }
                upstreamStart = colon + 1
            }
            if let dash = bytes[upstreamStart...].lastIndex(of: 0x2D) {
                upstreamEnd = dash
                revisionStart = dash + 1
            }
        }
    }

    private static func order(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let a = Parts(left)
        let b = Parts(right)
        if a.epoch != b.epoch { return a.epoch < b.epoch ? -1 : 1 }
        let upstream = orderPart(
            left[a.upstreamStart..<a.upstreamEnd], right[b.upstreamStart..<b.upstreamEnd])
        return upstream != 0 ? upstream : orderPart(left[a.revisionStart...], right[b.revisionStart...])
    }

    /// Alternates between runs of non-digits, where `~` sorts before the end and letters before all else, and runs of
    /// digits, which compare as numbers of any length.
    private static func orderPart(
        _ left: Slice<UnsafeRawBufferPointer>, _ right: Slice<UnsafeRawBufferPointer>
    ) -> Int {
        var a = left
        var b = right
        while !a.isEmpty || !b.isEmpty {
            while a.first.map({ !isDigit($0) }) ?? false || b.first.map({ !isDigit($0) }) ?? false {
                let difference = weight(a.first) - weight(b.first)
                if difference != 0 { return difference }
                a = a.dropFirst()
                b = b.dropFirst()
            }
            a = a.drop { $0 == 0x30 }
            b = b.drop { $0 == 0x30 }
            let first = a.prefix(while: isDigit)
            let second = b.prefix(while: isDigit)
            if first.count != second.count { return first.count - second.count }
            for (x, y) in zip(first, second) where x != y { return Int(x) - Int(y) }
            a = a.dropFirst(first.count)
            b = b.dropFirst(second.count)
        }
        return 0
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    /// Of one byte among non-digits; a digit or the end weighs nothing.
    private static func weight(_ byte: UInt8?) -> Int {
        switch byte {
        case nil: 0
        case .some(0x30...0x39): 0
        case .some(0x7E): -1
        case .some(let letter) where letter >= 0x41 && letter <= 0x5A || letter >= 0x61 && letter <= 0x7A:
            Int(letter)
        case .some(let other): Int(other) + 256
        }
    }
}

extension DebianVersion: Comparable {
    private static func order(_ left: Self, _ right: Self) -> Int {
        var a = left.text
        var b = right.text
        return a.withUTF8 { first in
            b.withUTF8 { order(UnsafeRawBufferPointer(first), UnsafeRawBufferPointer($0)) }
        }
    }

    package static func < (left: Self, right: Self) -> Bool { order(left, right) < 0 }
    package static func == (left: Self, right: Self) -> Bool { order(left, right) == 0 }
}
