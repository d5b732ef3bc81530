// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
package import Vocabulary

/// What is sent. A source is opened anew for each attempt and each redirect.
package enum HTTPBody: Sendable {
    case none
    case bytes([UInt8])
    case source(length: Int64, open: @Sendable () throws -> any ByteSource)

    var request: HTTPClientRequest.Body? {
        switch self {
        case .none: nil
        case .bytes(let bytes): .bytes(ByteBuffer(bytes: bytes))
        case .source(let length, let open):
            .stream(SourcePieces(open: open, length: length), length: .known(length))
        }
    }
}

/// Reading on our side failed while a body was sent.
struct SourceFailure: Error {
    let underlying: any Error
}

/// A source in pieces, read only as fast as the connection takes them.
private struct SourcePieces: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    static let pieceSize = 128 << 10

    let open: @Sendable () throws -> any ByteSource
    let length: Int64

    struct AsyncIterator: AsyncIteratorProtocol {
        let open: @Sendable () throws -> any ByteSource
        var source: (any ByteSource)?
        var left: Int64

        mutating func next() async throws -> ByteBuffer? {
            do {
                var source = try self.source ?? open()
                defer { self.source = source }
                guard left > 0 else { return nil }
                var buffer = ByteBufferAllocator().buffer(capacity: SourcePieces.pieceSize)
                let wanted = Int(Swift.min(left, Int64(SourcePieces.pieceSize)))
                let count = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { space in
                    try source.read(into: UnsafeMutableRawBufferPointer(rebasing: space[..<wanted]))
                }
                guard count > 0 else { throw ShortSource(missing: left) }
                left -= Int64(count)
                // The source tells of damage at its end only: it must be heard before the last piece is sent.
                if left == 0 { try Self.finish(&source) }
                return buffer
            } catch { throw SourceFailure(underlying: error) }
        }

        private static func finish(_ source: inout any ByteSource) throws {
            var one: UInt8 = 0
            let more = try withUnsafeMutableBytes(of: &one) { try source.read(into: $0) }
            if more > 0 { throw ShortSource(missing: -1) }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(open: open, source: nil, left: length) }
}

/// The source is not as long as was said.
struct ShortSource: Error, CustomStringConvertible {
    let missing: Int64
    var description: String {
        missing < 0 ? "what is sent is longer than announced" : "what is sent ends \(missing) bytes early"
    }
}
