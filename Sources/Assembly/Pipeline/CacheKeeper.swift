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
        let kinds = try workshop.cache.usage().map {
            Kind(kind: $0.kind, entries: $0.entries, bytes: $0.bytes)
        }
        let roots = try BuildRoot(workshop).usage()
        guard roots.trees > 0 else { return kinds }
        return (kinds + [Kind(kind: "roots", entries: roots.trees, bytes: roots.bytes)]).sorted {
            $0.kind < $1.kind
        }
    }

    /// Removes build roots that nobody uses, then what was used longest ago, until `bytes` remain; returns what was
    /// freed. Throws `StorageError`.
    package func prune(to bytes: Int64) throws -> Int64 {
        let entries = try workshop.cache.usage().reduce(0) { $0 + $1.bytes }
        let (freed, left) = try BuildRoot(workshop).prune(to: max(0, bytes - entries))
        return freed + (try workshop.cache.prune(to: max(0, bytes - left)))
    }
}
