// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Storage
internal import Vocabulary

/// Gives packages their places in a repository that others read meanwhile. What says where a package comes from is there
/// before the package, and the package before the index that names it: whoever is killed in between leaves the repository
/// that was there, and the next run goes on.
struct RecipePublication {
    let workshop: Workshop
    let packages: any RecipePackages
    let recipe: Recipe
    let repository: HostPath
    /// Whether a published package may become another one.
    let replaces: Bool

    /// A package in its place.
    struct Published {
        let packed: RepositoryFacts.Packed
        /// Of its file.
        let digest: Digest
    }

    private struct Item {
        let package: PackedPackage
        let digest: Digest
        /// Below the repository.
        let path: String
        let isThere: Bool
    }

    /// - Parameters:
    ///   - packed: packages in `staging`, which is laid out as the repository is.
    ///   - evidence: puts what is said of a package, by its file's digest, beside its place.
    /// - Throws: `PipelineError.publishedOtherwise` where a package of the same version is published and has other bytes.
    func publish(
        _ packed: [PackedPackage], from staging: HostPath,
        evidence: @escaping @Sendable (Digest, _ place: HostPath) throws -> Void
    ) async throws -> [Published] {
        let lock = try await lock()
        defer { withExtendedLifetime(lock) {} }
        let items = try await workshop.workers.run { try packed.map { try item($0, from: staging) } }
        let listed = try packages.listed(in: repository, of: recipe)
        let others = items.filter { !$0.isThere && listed.contains($0.path) }
        if let first = others.first, !replaces {
            throw PipelineError.publishedOtherwise(repository / first.path)
        }
        // For as long as they change nobody is led to them.
        if !others.isEmpty {
            try await packages.index(repository, of: recipe, leavingOut: Set(others.map(\.path)))
        }
        let published = try await workshop.workers.run {
            try items.map { item in
                let place = repository / item.path
                try HostDirectory.create(place.parent, durable: true)
                try evidence(item.digest, place)
                if !item.isThere {
                    try AtomicFile.write(place) { file in
                        try FileReader(item.package.path).forEachPiece { try file.write($0) }
                    }
                }
                return Published(packed: .init(item.package, at: place), digest: item.digest)
            }
        }
        try await packages.index(repository, of: recipe, leavingOut: [])
        return published
    }

    private func item(_ package: PackedPackage, from staging: HostPath) throws -> Item {
        let path = String(package.path.text.dropFirst(staging.text.count + 1))
        let place = repository / path
        let digest = try FileReader(package.path).digest()
        let isThere = try HostDirectory.exists(place) && FileReader(place).digest() == digest
        return Item(package: package, digest: digest, path: path, isThere: isThere)
    }

    /// Two at once could each think that the other one's package is theirs to replace, whoever they are: the lock is the
    /// repository's.
    private func lock() async throws -> FileLock {
        try await workshop.workers.run {
            try HostDirectory.create(repository)
            return try FileLock(repository / ".publishing")
        }
    }
}
