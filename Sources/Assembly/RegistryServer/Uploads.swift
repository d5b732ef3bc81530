// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Synchronization
internal import Vocabulary

/// The uploads that are going on, by their ids. They live as long as the server: after a restart clients begin anew.
final class Uploads: Sendable {
    struct Limits: Sendable {
        /// Largest blob, in bytes.
        var blobSize: Int64 = 1 << 40
        /// Uploads at once; each holds a file open.
        var count = 512
        /// What nobody has written to for so long is dropped.
        var idle: Duration = .seconds(3600)
    }

    private let store: ContentStore
    private let limits: Limits
    private let now: @Sendable () -> ContinuousClock.Instant
    private let open = Mutex<[String: Upload]>([:])

    init(
        store: ContentStore, limits: Limits,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock().now }
    ) {
        self.store = store
        self.limits = limits
        self.now = now
    }

    /// Begins an upload; drops those that were left alone.
    func begin(in repository: ImageReference.Repository) throws -> Upload {
        let moment = now()
        let oldest = moment - limits.idle
        let upload = Upload(
            id: Self.newID(), repository: repository, writer: try store.writer(), sizeLimit: limits.blobSize,
            now: moment)
        try open.withLock { uploads in
            uploads = uploads.filter { !$0.value.isIdle(since: oldest) }
            guard uploads.count < limits.count else {
                throw RegistryFailure(
                    429, .tooManyRequests, "\(limits.count) uploads are going on; try again later")
            }
            uploads[upload.id] = upload
        }
        return upload
    }

    /// The upload of that id, in that repository only.
    func find(_ id: String, in repository: ImageReference.Repository) throws(RegistryFailure) -> Upload {
        guard let upload = open.withLock({ $0[id] }), upload.repository == repository else {
            throw .uploadUnknown
        }
        return upload
    }

    func forget(_ upload: Upload) { open.withLock { _ = $0.removeValue(forKey: upload.id) } }

    func end(_ upload: Upload, after count: Int64, overran: Bool) -> RegistryFailure? {
        upload.end(after: count, overran: overran, now: now())
    }

    /// 128 random bits: who does not know it cannot write to the upload.
    private static func newID() -> String {
        Hex.encode((0..<16).map { _ in UInt8.random(in: 0 ... .max) })
    }
}
