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
        var sink = sink
        var total: Int64 = 0
        try source.forEachPiece(of: pieceSize) { piece in
            try Task.checkCancellation()
            try sink.write(piece)
            total += Int64(piece.count)
            progress(piece.count)
        }
        return total
    }
}
