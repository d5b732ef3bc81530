// SPDX-License-Identifier: Apache-2.0

package import Storage
internal import Transport
package import Vocabulary

/// What became of a blob that was to be pushed.
package enum PushOutcome: Sendable, Equatable { case uploaded, alreadyPresent }

extension RegistryClient {
    /// What is smaller goes up in one request instead of two; some registries refuse large ones that way.
    private static let monolithicLimit: Int64 = 1 << 20
    /// An upload that broke begins anew so often.
    private static let uploadAttempts = 3

    // MARK: - Pulling

    /// Puts a blob into a store as it arrives, hashed on the way; nothing is asked where the store has it.
    package func pull(
        _ blob: Descriptor, from reference: ImageReference, into store: ContentStore
    ) async throws {
        try await pull(blob, from: reference, into: store) { _ in }
    }

    func pull(
        _ blob: Descriptor, from reference: ImageReference, into store: ContentStore,
        onBytes: @escaping @Sendable (Int) -> Void
    ) async throws {
        if store.size(of: blob.digest) == blob.size { return }
        let talk = talk(reference)
        let what = "\(reference.name)@\(blob.digest)"
        // The disk is written to, and waited for, on the worker threads.
        try await withTaskExecutorPreference(workers) {
            let received: (reply: HTTPReply, sink: BlobSink)
            do throws(TransportError) {
                received = try await transport.download(
                    talk.url("blobs/\(blob.digest)"), headers: [("Accept-Encoding", "identity")],
                    limit: blob.size,
                    expected: blob.size
                ) { BlobSink(writer: try store.writer(), onBytes: onBytes) }
            } catch { throw RegistryTalk.translated(error, reference) }
            if received.reply.status == 404 { throw DistributionError.notFound(what: what) }
            guard received.reply.status == 200 else { throw RegistryTalk.refusal(what, received.reply) }
            try received.sink.finish(as: blob, what: what)
        }
    }

    /// The bytes of a small blob.
    package func blob(_ blob: Descriptor, from reference: ImageReference, limit: Int) async throws -> [UInt8]
    {
        let what = "\(reference.name)@\(blob.digest)"
        guard blob.size <= Int64(limit) else {
            throw DistributionError.tooLarge(what: what, bytes: blob.size, limit: Int64(limit))
        }
        let talk = talk(reference)
        let reply = try await talk.ask(
            "GET", talk.url("blobs/\(blob.digest)"), [("Accept-Encoding", "identity")], limit: limit)
        if reply.status == 404 { throw DistributionError.notFound(what: what) }
        guard reply.status == 200 else { throw RegistryTalk.refusal(what, reply) }
        guard Int64(reply.body.count) == blob.size else {
            throw DistributionError.wrongSize(what: what, expected: blob.size, found: Int64(reply.body.count))
        }
        let found = ContentHasher.digest(of: reply.body)
        guard found == blob.digest else {
            throw DistributionError.wrongDigest(what: what, expected: blob.digest, found: found)
        }
        return reply.body
    }

    // MARK: - Pushing

    /// Sends a blob unless the repository has it. An upload whose connection broke begins anew.
    @discardableResult
    package func push(
        _ blob: Descriptor, from store: ContentStore, to reference: ImageReference
    ) async throws -> PushOutcome {
        try await push(blob, from: store, to: reference) { _ in }
    }

    func push(
        _ blob: Descriptor, from store: ContentStore, to reference: ImageReference,
        onBytes: @escaping @Sendable (Int) -> Void
    ) async throws -> PushOutcome {
        let talk = talk(reference)
        var attempt = 1
        while true {
            // Also before another attempt: the answer alone may have been lost.
            if try await has(blob, talk) { return attempt == 1 ? .alreadyPresent : .uploaded }
            do {
                try await upload(blob, from: store, talk, onBytes)
                return .uploaded
            } catch let error as DistributionError {
                guard attempt < Self.uploadAttempts, Self.mayPass(error) else { throw error }
                attempt += 1
            }
        }
    }

    private func has(_ blob: Descriptor, _ talk: RegistryTalk) async throws -> Bool {
        let reply = try await talk.ask("HEAD", talk.url("blobs/\(blob.digest)"))
        switch reply.status {
        case 200:
            // A blob of another size under this digest is a damaged one: pushing again may heal it.
            return reply.headers["Content-Length"].flatMap { Int64($0) }.map { $0 == blob.size } ?? true
        case 401, 403: throw RegistryTalk.refusal("\(talk.reference.name)@\(blob.digest)", reply)
        default: return false
        }
    }

    /// Broken connections, lost sessions and servers in trouble; not a registry's considered no.
    private static func mayPass(_ error: DistributionError) -> Bool {
        switch error {
        case .unreachable: true
        case .refused(_, let status, _): status == 404 || status == 416 || status == 429 || status >= 500
        default: false
        }
    }

    /// POST for a session, then the bytes: one streaming PATCH without Content-Range and an empty PUT, which every
    /// registry takes; always at the place that the last answer named.
    private func upload(
        _ blob: Descriptor, from store: ContentStore, _ talk: RegistryTalk,
        _ onBytes: @escaping @Sendable (Int) -> Void
    ) async throws {
        let what = "pushing \(blob.digest) to \(talk.reference.name)"
        let begun = try await talk.ask("POST", talk.url("blobs/uploads/"), body: .bytes([]))
        guard begun.status == 202 else { throw RegistryTalk.refusal(what, begun) }
        var place = try location(begun, what, talk)
        let content = HTTPBody.source(length: blob.size) {
            CountedSource(source: try store.reader(of: blob.digest), onBytes: onBytes)
        }
        let type = ("Content-Type", "application/octet-stream")
        var last = HTTPBody.bytes([])
        if blob.size <= Self.monolithicLimit {
            last = blob.size == 0 ? .bytes([]) : content
        } else {
            let sent = try await talk.ask("PATCH", place, [type], body: content)
            guard sent.isSuccess else { throw RegistryTalk.refusal(what, sent) }
            place = try location(sent, what, talk)
        }
        let done = try await talk.ask(
            "PUT", RegistryTalk.adding("digest=\(blob.digest)", to: place), [type], body: last)
        guard done.isSuccess else { throw RegistryTalk.refusal(what, done) }
    }

    private func location(
        _ reply: HTTPReply, _ what: String, _ talk: RegistryTalk
    ) throws(DistributionError) -> String {
        guard let location = reply.headers["Location"] else {
            throw .badAnswer(what: what, reason: "it names no Location to send the bytes to")
        }
        return try talk.resolve(location)
    }
}

/// A blob on its way into a store.
private struct BlobSink: ByteSink {
    let writer: BlobWriter
    let onBytes: @Sendable (Int) -> Void

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try writer.write(bytes)
        onBytes(bytes.count)
    }

    func finish(as blob: Descriptor, what: String) throws(DistributionError) {
        guard writer.byteCount == blob.size else {
            throw .wrongSize(what: what, expected: blob.size, found: writer.byteCount)
        }
        do throws(StorageError) {
            _ = try writer.finish(expecting: blob.digest)
        } catch {
            if case .unexpected(let expected, let found) = error {
                throw .wrongDigest(what: what, expected: expected, found: found)
            }
            throw .storage(error)
        }
    }
}

/// A source that tells how many bytes were read from it.
private struct CountedSource: ByteSource {
    var source: any ByteSource
    let onBytes: @Sendable (Int) -> Void

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        if count > 0 { onBytes(count) }
        return count
    }
}
