// SPDX-License-Identifier: Apache-2.0

/// What may happen to an upload and when; the bytes themselves are elsewhere (distribution-spec, "Pushing Blobs").
struct UploadState: Equatable {
    /// What the driver does next.
    enum Action: Equatable {
        /// Take the request's body, at most `limit` bytes of it.
        case receive(limit: Int64)
        case refuse(RegistryFailure)
    }

    /// Bytes that arrived in order.
    private(set) var offset: Int64 = 0
    /// A request's body is being taken.
    private(set) var isReceiving = false
    /// Largest blob that is accepted.
    let sizeLimit: Int64
    /// What the chunk that is being taken promised.
    private var promised: Int64?

    init(sizeLimit: Int64) { self.sizeLimit = sizeLimit }

    /// `Range` field of an answer; an upload without bytes reads `0-0`, as other registries have it.
    var range: String { "0-\(max(0, offset - 1))" }

    /// A PATCH or PUT came whose body is to follow.
    mutating func begin(_ chunk: ChunkRange?, contentLength: Int64?) -> Action {
        if isReceiving {
            return .refuse(
                RegistryFailure(409, .blobUploadInvalid, "another request is writing to this upload"))
        }
        if let chunk, chunk.first != offset {
            return .refuse(outOfOrder(chunk))
        }
        if let chunk, let contentLength, contentLength != chunk.count {
            return .refuse(
                RegistryFailure(
                    400, .sizeInvalid,
                    "Content-Range speaks of \(chunk.count) bytes, Content-Length of \(contentLength)"))
        }
        let expected = chunk?.count ?? contentLength
        if let expected, expected > sizeLimit - offset {
            return .refuse(tooLarge)
        }
        isReceiving = true
        promised = expected
        return .receive(limit: expected ?? sizeLimit - offset)
    }

    /// Bytes were written behind `offset`.
    mutating func received(_ count: Int64) { offset += count }

    /// The body ended after `count` bytes, or more than the limit came.
    mutating func end(after count: Int64, overran: Bool) -> RegistryFailure? {
        isReceiving = false
        let promised = promised
        self.promised = nil
        if overran {
            return promised == nil
                ? tooLarge : RegistryFailure(400, .sizeInvalid, "more bytes came than the request announced")
        }
        if let promised, promised != count {
            return RegistryFailure(
                400, .sizeInvalid, "\(count) of \(promised) bytes came; go on at \(offset)",
                fields: ["Range": range])
        }
        return nil
    }

    private var tooLarge: RegistryFailure {
        RegistryFailure(413, .sizeInvalid, "a blob may have at most \(sizeLimit) bytes")
    }

    private func outOfOrder(_ chunk: ChunkRange) -> RegistryFailure {
        RegistryFailure(
            416, .blobUploadInvalid, "the chunk begins at \(chunk.first), but the upload stands at \(offset)",
            fields: ["Range": range])
    }
}
