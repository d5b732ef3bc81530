// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import Storage
internal import Synchronization
internal import Vocabulary

/// One blob on its way in. Its bytes go to a file without a name, hashed as they pass: an upload that is abandoned, or
/// whose server is killed, leaves nothing.
final class Upload: Sendable {
    private struct Content {
        var state: UploadState
        var writer: BlobWriter?
        var lastUse: ContinuousClock.Instant
    }

    let id: String
    let repository: ImageReference.Repository
    private let content: Mutex<Content>

    init(
        id: String, repository: ImageReference.Repository, writer: sending BlobWriter, sizeLimit: Int64,
        now: ContinuousClock.Instant
    ) {
        self.id = id
        self.repository = repository
        content = Mutex(Content(state: UploadState(sizeLimit: sizeLimit), writer: writer, lastUse: now))
    }

    var range: String { content.withLock { $0.state.range } }
    var location: String { "/v2/\(repository)/blobs/uploads/\(id)" }

    /// Nobody writes to it, and nobody has since `moment`.
    func isIdle(since moment: ContinuousClock.Instant) -> Bool {
        content.withLock { !$0.state.isReceiving && $0.lastUse < moment }
    }

    /// Asks to write a request's body; the bytes that may come.
    func begin(_ chunk: ChunkRange?, contentLength: Int64?) throws(RegistryFailure) -> Int64 {
        switch content.withLock({ $0.state.begin(chunk, contentLength: contentLength) }) {
        case .receive(let limit): return limit
        case .refuse(let failure): throw failure
        }
    }

    /// Writes pieces of the body; blocks.
    func write(_ pieces: [ByteBuffer]) throws {
        try content.withLock { content in
            for piece in pieces {
                try piece.withUnsafeReadableBytes { bytes throws in try content.writer?.write(bytes) }
                content.state.received(Int64(piece.readableBytes))
            }
        }
    }

    /// The body is over, or its connection broke; `nil` is fine.
    func end(after count: Int64, overran: Bool, now: ContinuousClock.Instant) -> RegistryFailure? {
        content.withLock { content in
            content.lastUse = now
            return content.state.end(after: count, overran: overran)
        }
    }

    /// Makes the bytes the blob `digest`; blocks. Whatever happens, the upload is over.
    func finish(as digest: Digest) throws {
        try content.withLock { content in
            guard let writer = content.writer.take() else { throw RegistryFailure.uploadUnknown }
            do {
                _ = try writer.finish(expecting: digest)
            } catch StorageError.unexpected(_, let found) {
                throw RegistryFailure(
                    400, .digestInvalid, "the bytes that came have the digest \(found), not \(digest)")
            }
        }
    }
}
