// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Transport
internal import Vocabulary

/// Reads a repository's files, over HTTP and HTTPS or from a directory of this machine (`file:///`).
struct RepositoryFiles: Sendable {
    enum Failure: Error, Equatable {
        /// The place says that there is no such file.
        case absent
        /// Broken, slow, or longer than it may be; the text is a sentence.
        case unreachable(String)
        /// The bytes are not those that were expected.
        case mismatch(expected: String, found: String)
        case storage(FetchingError.StorageFailure)
        case cancelled
    }

    let transport: HTTPTransport
    let workers: WorkerThreads

    /// A small file as a whole.
    func read(_ url: String, limit: Int) async throws(Failure) -> [UInt8] {
        guard let answer = try await read(url, limit: limit, unless: nil) else { throw .absent }
        return answer.bytes
    }

    /// The same with the server's name for what it serves; nil where that is still `tag`.
    func read(
        _ url: String, limit: Int, unless tag: String?
    ) async throws(Failure) -> (bytes: [UInt8], tag: String?)? {
        do {
            if let path = Self.localPath(url) {
                let bytes = try await workers.run {
                    guard try HostDirectory.exists(path) else { throw Failure.absent }
                    return try HostDirectory.read(path, limit: limit)
                }
                return (bytes, nil)
            }
            let condition = tag.map { [("If-None-Match", $0)] } ?? []
            let reply = try await transport.get(url, headers: Self.fresh + condition, limit: limit)
            if reply.status == 304, tag != nil { return nil }
            try Self.check(reply)
            return (reply.body, reply.headers["etag"])
        } catch {
            throw Failure(error)
        }
    }

    /// A page with the URL that answered, after redirects.
    func page(
        _ url: String, headers: [(String, String)] = [], limit: Int
    ) async throws(Failure) -> (bytes: [UInt8], url: String) {
        if Self.localPath(url) != nil { return (try await read(url, limit: limit), url) }
        do {
            let reply = try await transport.get(url, headers: Self.fresh + headers, limit: limit)
            try Self.check(reply)
            return (reply.body, reply.url)
        } catch { throw Failure(error) }
    }

    /// A file of known content into the store, hashed on the way; at most `size` bytes are taken. A file whose name
    /// `promises` its content is downloaded again where its length is wrong.
    func download(
        _ url: String, _ digest: Digest, size: Int64, promises: Bool, into store: ContentStore,
        progress: (@Sendable (Int64) -> Void)? = nil
    ) async throws(Failure) {
        let file = Wanted(url: url, size: size, digest: digest, promises: promises)
        _ = try await download(file, into: store, progress: progress)
    }

    /// A file that is to be downloaded.
    struct Wanted: Sendable {
        let url: String
        let size: Int64
        /// Nil where only its length is known: then what arrives is checked by whoever asked for it.
        let digest: Digest?
        let promises: Bool
    }

    /// The same, with the digest of what arrived.
    func download(
        _ file: Wanted, into store: ContentStore, progress: (@Sendable (Int64) -> Void)? = nil
    ) async throws(Failure) -> Digest {
        do {
            if let path = Self.localPath(file.url) {
                return try await workers.run {
                    guard try HostDirectory.exists(path) else { throw Failure.absent }
                    let sink = CountingSink(try store.writer(), progress: progress)
                    try Self.copy(try FileReader(path), limit: file.size, into: sink)
                    return try sink.finish(file.digest, size: file.size)
                }
            }
            let (reply, sink) = try await transport.download(
                file.url, headers: file.promises ? [] : Self.fresh, limit: file.size,
                expected: file.promises ? file.size : nil
            ) { CountingSink(try store.writer(), progress: progress) }
            try Self.check(reply)
            return try sink.finish(file.digest, size: file.size)
        } catch TransportError.tooLarge(_, let limit) {
            throw .mismatch(expected: "\(limit) bytes", found: "more")
        } catch {
            throw Failure(error)
        }
    }

    /// A file of unknown content and length into the store, at most `limit` bytes of it.
    func take(
        _ url: String, headers: [(String, String)] = [], limit: Int64, into store: ContentStore,
        progress: (@Sendable (Int64) -> Void)? = nil
    ) async throws(Failure) -> (digest: Digest, size: Int64) {
        do {
            if let path = Self.localPath(url) {
                return try await workers.run {
                    guard try HostDirectory.exists(path) else { throw Failure.absent }
                    let sink = CountingSink(try store.writer(), progress: progress)
                    try Self.copy(try FileReader(path), limit: limit, into: sink)
                    return try sink.writer.finish()
                }
            }
            let (reply, sink) = try await transport.download(url, headers: headers, limit: limit) {
                CountingSink(try store.writer(), progress: progress)
            }
            try Self.check(reply)
            return try sink.writer.finish()
        } catch TransportError.tooLarge(_, let limit) {
            throw .mismatch(expected: "at most \(limit) bytes", found: "more")
        } catch {
            throw Failure(error)
        }
    }

    /// For files that change under their name: caches on the way must ask the mirror.
    private static let fresh = [("Cache-Control", "max-age=0")]

    private static func check(_ reply: HTTPReply) throws(Failure) {
        guard !reply.isSuccess else { return }
        guard ![404, 410].contains(reply.status) else { throw .absent }
        let wish =
            reply.status == 401
            ? "; it wants a password: HTTP_AUTH=basic:HOST:USER:PASSWORD or an entry in ~/.netrc" : ""
        throw .unreachable("the server answered with status \(reply.status)\(wish)")
    }

    /// Nil for what is asked for over the network.
    private static func localPath(_ url: String) -> HostPath? {
        let scheme = "file://"
        return url.hasPrefix(scheme)
            ? HostPath(PercentEncoding.decodeLeniently(url.dropFirst(scheme.count))) : nil
    }

    private static func copy(_ source: FileReader, limit: Int64, into sink: CountingSink) throws {
        guard source.size <= limit else {
            throw Failure.mismatch(expected: "\(limit) bytes", found: "\(source.size) bytes")
        }
        var sink = sink
        try source.forEachPiece { piece in
            try Task.checkCancellation()
            try sink.write(piece)
        }
    }
}

extension RepositoryFiles.Failure {
    init(_ error: any Error) {
        switch error {
        case let failure as Self: self = failure
        case StorageError.unexpected(let expected, let found):
            self = .mismatch(expected: "\(expected)", found: "\(found)")
        case StorageError.tooLarge(_, let bytes, let limit):
            self = .mismatch(expected: "at most \(limit) bytes", found: "\(bytes) bytes")
        case let error as StorageError: self = .storage(.init(error))
        case TransportError.cancelled, is CancellationError: self = .cancelled
        case TransportError.local(_, let underlying): self = .storage(.init(underlying))
        default: self = .unreachable("\(error)")
        }
    }

    /// The error of the stage for a recipe's source.
    func aboutSource(_ uri: String, at place: String) -> FetchingError {
        switch self {
        case .absent: .source(uri, reason: "there is no \(place)")
        case .unreachable(let reason): .source(uri, reason: "\(place): \(reason)")
        case .mismatch(let expected, let found): .sourceMismatch(uri, expected: expected, found: found)
        case .storage(let failure): .storage(failure)
        case .cancelled: .cancelled
        }
    }

    /// The error of the stage for a repository's file.
    func about(_ file: String, of repository: String) -> FetchingError {
        switch self {
        case .absent: .absent(repository: repository, file: file)
        case .unreachable(let reason): .unreachable(repository: repository, file: file, reason: reason)
        case .mismatch(let expected, let found):
            .mismatch(repository: repository, file: file, expected: expected, found: found)
        case .storage(let failure): .storage(failure)
        case .cancelled: .cancelled
        }
    }
}

/// Bytes on their way into the store, reported as they pass.
struct CountingSink: ByteSink {
    let writer: BlobWriter
    private let progress: (@Sendable (Int64) -> Void)?

    init(_ writer: BlobWriter, progress: (@Sendable (Int64) -> Void)?) {
        self.writer = writer
        self.progress = progress
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        try writer.write(bytes)
        progress?(writer.byteCount)
    }

    func finish(_ digest: Digest?, size: Int64) throws -> Digest {
        guard writer.byteCount == size else {
            throw RepositoryFiles.Failure.mismatch(
                expected: "\(size) bytes", found: "\(writer.byteCount) bytes")
        }
        return try writer.finish(expecting: digest).digest
    }
}
