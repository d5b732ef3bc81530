// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import Storage
internal import Synchronization
internal import Vocabulary

extension RegistryResponder {
    func blob(_ digest: Digest, in repository: Repository, _ request: Request) async throws -> Response {
        guard let size = try await workers.run({ try store.blobSize(digest, in: repository) }) else {
            throw RegistryFailure.blobUnknown(digest, repository)
        }
        let isHead = request.method == .head
        var headers = Self.headers([
            "Docker-Content-Digest": "\(digest)", "Accept-Ranges": "bytes",
            "Content-Type": "application/octet-stream",
            "Content-Length": "\(size)",
        ])
        switch isHead ? .whole : ByteRange(request.headers[.range], size: size) {
        case .unsatisfiable:
            throw RegistryFailure(
                416, .sizeInvalid, "\(digest) has \(size) bytes", fields: ["Content-Range": "bytes */\(size)"]
            )
        case .whole where isHead: return Response(status: .ok, headers: headers)
        case .whole:
            return Response(status: .ok, headers: headers, body: try await stream(digest, 0..<size))
        case .part(let part):
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound)/\(size)"
            headers[.contentLength] = "\(part.count)"
            return Response(
                status: .partialContent, headers: headers,
                body: try await stream(digest, part.lowerBound..<part.upperBound + 1))
        }
    }

    /// Bytes of a blob as they are on disk. They are not hashed again: who pulls holds the digest and checks it.
    private func stream(_ digest: Digest, _ range: Range<Int64>) async throws -> ResponseBody {
        let path = store.content.path(of: digest)
        let reader = try await workers.run { try BlobPieces(path, range) }
        let workers = workers
        return ResponseBody(contentLength: range.count) { writer in
            while let piece = try await workers.run({ try reader.next() }) {
                try await writer.write(piece)
            }
            try await writer.finish(nil)
        }
    }

    func deleteBlob(_ digest: Digest, in repository: Repository) async throws -> Response {
        guard try await workers.run({ try store.hideBlob(digest, in: repository) }) else {
            throw RegistryFailure.blobUnknown(digest, repository)
        }
        return respond(.accepted)
    }
}

/// A part of a file in buffers that can be sent.
private final class BlobPieces: Sendable {
    private static let pieceSize = 256 << 10

    private struct State {
        var file: FileReader
        var left: Int64
    }

    private let state: Mutex<State>

    init(_ path: HostPath, _ range: Range<Int64>) throws(StorageError) {
        let file = try FileReader(path)
        try file.seek(to: range.lowerBound)
        state = Mutex(State(file: file, left: Int64(range.count)))
    }

    /// Nil at the end of the range; throws where the file ends before.
    func next() throws -> ByteBuffer? {
        try state.withLock { state in
            guard state.left > 0 else { return nil }
            var buffer = ByteBufferAllocator().buffer(capacity: Int(min(Int64(Self.pieceSize), state.left)))
            let count = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 1) { space in
                let wanted = Int(min(Int64(min(space.count, Self.pieceSize)), state.left))
                return try state.file.read(into: UnsafeMutableRawBufferPointer(rebasing: space[..<wanted]))
            }
            guard count > 0 else { throw RegistryFailure(500, .unknown, "a blob is shorter than it was") }
            state.left -= Int64(count)
            return buffer
        }
    }
}
