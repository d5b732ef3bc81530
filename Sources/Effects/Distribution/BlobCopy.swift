// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

/// Moving bytes from a source to a sink in pieces, with a look at cancellation between them.
enum BlobCopy {
    private static let pieceSize = 256 << 10

    /// Returns how many bytes were moved; `progress` hears of each piece.
    @discardableResult
    static func copy(
        _ source: any ByteSource, to sink: some ByteSink, progress: (Int) -> Void
    ) throws -> Int64 {
        var source = source
        var sink = sink
        var piece = [UInt8](repeating: 0, count: pieceSize)
        var total: Int64 = 0
        while true {
            try Task.checkCancellation()
            let count = try piece.withUnsafeMutableBytes { try source.read(into: $0) }
            if count == 0 { return total }
            try piece.withUnsafeBytes { try sink.write(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            total += Int64(count)
            progress(count)
        }
    }
}
