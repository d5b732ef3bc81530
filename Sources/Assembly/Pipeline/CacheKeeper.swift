// SPDX-License-Identifier: Apache-2.0

internal import Storage

/// Shows and bounds what is kept to save work.
package struct CacheKeeper: Sendable {
    package struct Kind: Sendable, Codable {
        package let kind: String
        package let entries: Int
        /// On disk.
        package let bytes: Int64
    }

    private let workshop: Workshop

    package init(_ workshop: Workshop) { self.workshop = workshop }

    /// What is kept, by kind. Throws `StorageError`.
    package func usage() throws -> [Kind] {
        try workshop.cache.usage().map { Kind(kind: $0.kind, entries: $0.entries, bytes: $0.bytes) }
    }

    /// Removes what was used longest ago until `bytes` remain; returns what was freed. Throws `StorageError`.
    package func prune(to bytes: Int64) throws -> Int64 { try workshop.cache.prune(to: bytes) }
}
