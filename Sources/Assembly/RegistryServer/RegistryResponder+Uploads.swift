// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import Storage
internal import Vocabulary

extension RegistryResponder {
    /// How much of a body is gathered before it goes to a worker thread: enough to make the way worth it.
    private static let gathered = 1 << 20

    /// `POST …/blobs/uploads/`: begins an upload, takes a whole blob (`digest=`), or shows one from another
    /// repository (`mount=`).
    func beginUpload(in repository: Repository, _ query: Query, _ request: Request) async throws -> Response {
        if let mounted = try await mount(in: repository, query) { return mounted }
        let whole = try query["digest"].map { text throws(RegistryFailure) in try writable(text) }
        let upload = try await workers.run { try uploads.begin(in: repository) }
        guard let whole else { return respond(.accepted, fields(of: upload)) }
        defer { uploads.forget(upload) }
        try await receive(request, into: upload, chunk: nil)
        return try await finish(upload, as: whole)
    }

    /// Nil where nothing can be mounted, and the client should upload instead.
    private func mount(in repository: Repository, _ query: Query) async throws -> Response? {
        guard let text = query["mount"] else { return nil }
        let digest = try Route.digest(text)
        guard let from = query["from"], let source = try? Repository(from) else { return nil }
        let mounted = try await workers.run {
            guard try store.blobSize(digest, in: source) != nil else { return false }
            try store.showBlob(digest, in: repository)
            return true
        }
        return mounted ? created(digest, in: repository) : nil
    }

    func uploadStatus(_ id: String, in repository: Repository) throws -> Response {
        respond(.noContent, fields(of: try uploads.find(id, in: repository)))
    }

    func cancelUpload(_ id: String, in repository: Repository) throws -> Response {
        uploads.forget(try uploads.find(id, in: repository))
        return respond(.noContent)
    }

    func continueUpload(_ id: String, in repository: Repository, _ request: Request) async throws -> Response
    {
        let upload = try uploads.find(id, in: repository)
        try await receive(request, into: upload, chunk: try ChunkRange(request.headers[.contentRange]))
        return respond(.accepted, fields(of: upload))
    }

    /// `PUT …?digest=`, with or without a last chunk.
    func finishUpload(
        _ id: String, in repository: Repository, _ query: Query, _ request: Request
    ) async throws -> Response {
        let upload = try uploads.find(id, in: repository)
        guard let text = query["digest"] else {
            throw RegistryFailure(400, .digestInvalid, "the query has no digest=")
        }
        let digest = try writable(text)
        try await receive(request, into: upload, chunk: try ChunkRange(request.headers[.contentRange]))
        defer { uploads.forget(upload) }
        return try await finish(upload, as: digest)
    }

    private func finish(_ upload: Upload, as digest: Digest) async throws -> Response {
        try await workers.run {
            try upload.finish(as: digest)
            try store.showBlob(digest, in: upload.repository)
        }
        return created(digest, in: upload.repository)
    }

    /// Takes the body of a request in bounded pieces; the connection is not read from while one is being written.
    private func receive(_ request: Request, into upload: Upload, chunk: ChunkRange?) async throws {
        let length = request.headers[.contentLength].flatMap { ByteRange.number($0[...]) }
        let limit = try upload.begin(chunk, contentLength: length)
        var count: Int64 = 0
        var overran = false
        do {
            var pieces: [ByteBuffer] = []
            var waiting = 0
            for try await piece in request.body {
                guard count + Int64(waiting + piece.readableBytes) <= limit else {
                    overran = true
                    break
                }
                pieces.append(piece)
                waiting += piece.readableBytes
                if waiting >= Self.gathered {
                    let full = pieces
                    try await workers.run { try upload.write(full) }
                    count += Int64(waiting)
                    pieces.removeAll(keepingCapacity: true)
                    waiting = 0
                }
            }
            if waiting > 0 {
                let last = pieces
                try await workers.run { try upload.write(last) }
                count += Int64(waiting)
            }
        } catch {
            _ = uploads.end(upload, after: count, overran: false)
            throw error
        }
        if let failure = uploads.end(upload, after: count, overran: overran) { throw failure }
    }

    // MARK: - Words

    /// A digest that a blob can be stored under.
    private func writable(_ text: String) throws(RegistryFailure) -> Digest {
        let digest = try Route.digest(text)
        guard digest.algorithm == .sha256 else {
            throw RegistryFailure(400, .digestInvalid, "this registry stores blobs by sha256 only")
        }
        return digest
    }

    private func fields(of upload: Upload) -> [String: String] {
        ["Location": upload.location, "Range": upload.range, "Docker-Upload-UUID": upload.id]
    }

    private func created(_ digest: Digest, in repository: Repository) -> Response {
        respond(
            .created, ["Location": "/v2/\(repository)/blobs/\(digest)", "Docker-Content-Digest": "\(digest)"])
    }
}
