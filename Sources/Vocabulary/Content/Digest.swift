// SPDX-License-Identifier: Apache-2.0

/// A content digest: an algorithm and its hash value, written `sha256:<64 lowercase hex>`
/// (OCI image-spec, descriptor.md, "Digests").
package struct Digest: Hashable, Sendable {
    /// The registered algorithms that Slipway reads; it writes sha256 only.
    package enum Algorithm: String, Sendable, Hashable {
        case sha256, sha512

        /// Length of the hash value in bytes.
        package var byteCount: Int { self == .sha256 ? 32 : 64 }
    }

    /// Why a text is no digest.
    package enum ParseError: Error, Equatable, CustomStringConvertible {
        case unknownAlgorithm(String)
        case malformed(String)

        package var description: String {
            switch self {
            case .unknownAlgorithm(let text):
                "'\(text)' names no digest algorithm that Slipway reads (sha256, sha512)"
            case .malformed(let text):
                "'\(text)' is not a digest; expected sha256: and 64 lowercase hex digits"
            }
        }
    }

    package let algorithm: Algorithm
    /// The raw hash value, `algorithm.byteCount` bytes.
    package let bytes: [UInt8]

    /// Wraps a raw hash value.
    package init(_ algorithm: Algorithm = .sha256, bytes: [UInt8]) {
        precondition(bytes.count == algorithm.byteCount, "a hash value has the length of its algorithm")
        self.algorithm = algorithm
        self.bytes = bytes
    }

    /// Reads `algorithm:hex`.
    package init(_ text: some StringProtocol) throws(ParseError) {
        guard let colon = text.firstIndex(of: ":") else { throw .malformed(String(text)) }
        guard let algorithm = Algorithm(rawValue: String(text[..<colon])) else {
            throw .unknownAlgorithm(String(text))
        }
        try self.init(algorithm, hex: text[text.index(after: colon)...])
    }

    /// Reads the bare hex form that Debian indexes use.
    package init(_ algorithm: Algorithm = .sha256, hex: some StringProtocol) throws(ParseError) {
        guard let bytes = Hex.decode(hex.utf8), bytes.count == algorithm.byteCount else {
            throw .malformed(String(hex))
        }
        self.init(algorithm, bytes: bytes)
    }

    /// The hash value in lowercase hex, without the algorithm.
    package var hex: String { Hex.encode(bytes) }
    /// The first twelve hex digits, for people.
    package var short: String { String(hex.prefix(12)) }
}

extension Digest: CustomStringConvertible {
    package var description: String { "\(algorithm.rawValue):\(hex)" }
}

extension Digest: Comparable {
    package static func < (left: Digest, right: Digest) -> Bool {
        left.algorithm == right.algorithm
            ? left.bytes.lexicographicallyPrecedes(right.bytes)
            : left.algorithm.rawValue < right.algorithm.rawValue
    }
}

extension Digest: Codable {
    package init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
