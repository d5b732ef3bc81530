// SPDX-License-Identifier: Apache-2.0

internal import Composing
internal import Fetching
internal import Storage
internal import Transport
internal import Vocabulary

/// Caches are disposable: a run whose cache is full, or may not be written to, goes on with an empty one that lives
/// no longer than it does, over the old one.
extension Workshop {
    /// Runs `body`; where it fails because the cache refuses a write, once more beside that cache. What `body` did
    /// until then stays done, as after any failure.
    func withSpareCache<Result: Sendable>(_ body: (Workshop) async throws -> Result) async throws -> Result {
        do {
            return try await body(self)
        } catch {
            guard let refusal = Self.storageError(in: error), refusal.isRefusedWrite(below: cache.root) else {
                throw error
            }
            let spare = try TemporaryDirectory(in: directories.temporary)
            defer { withExtendedLifetime(spare) {} }
            report(
                .diagnostic(
                    Diagnostic(
                        .warning, .cacheRefuses,
                        "the cache cannot be written to (\(refusal)); this run goes on without keeping what it makes, "
                            + "in \(spare.path)")))
            return try await body(
                Workshop(self, cache: Cache(at: spare.path / "cache", over: cache)))
        }
    }

    /// What the disk said, in whichever stage's words.
    private static func storageError(in error: any Error) -> StorageError? {
        switch error {
        case let error as StorageError: error
        case ComposingError.storage(let error): error
        case FetchingError.storage(let failure): failure.underlying
        case TransportError.local(_, let error): error as? StorageError
        default: nil
        }
    }
}

extension Diagnostic.Code {
    fileprivate static let cacheRefuses = Self(rawValue: "cache-not-writable")
}
