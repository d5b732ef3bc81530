// SPDX-License-Identifier: Apache-2.0
internal import Archives
package import Storage
package import Vocabulary

/// Makes an image of packages: opens each package file at most once, plans every platform's tree, joins cached and
/// new segments into layers, writes configuration, manifests and index into the content store. The same input gives
/// the same bytes, with any number of threads and any state of the cache.
package struct Composer: Sendable {
    /// What a user may want to see while it takes long.
    package enum Step: Sendable, Equatable {
        /// So many package files have to be opened, of so many bytes.
        case opening(packages: Int, bytes: Int64)
        case opened(PackageName)
        case joining(Architecture)
    }

    /// Everything about this transformation that may change an image without the input changing: the tar writer, the
    /// compressor, the rules. Part of the build key.
    package static let identity =
        (["composer 2"] + PackageFamily.allCases.map(\.parts.identity) + [segmentIdentity])
        .joined(separator: ", ")

    /// What a single segment depends on, beside its content.
    static let segmentIdentity = "tar \(TarWriter.version), \(SegmentEncoder.identity)"

    /// Package files and local files.
    let packages: ContentStore
    /// What the image is made into.
    let store: ContentStore
    let segments: SegmentCache
    let workers: WorkerThreads
    let report: @Sendable (Step) -> Void

    package init(
        packages: ContentStore, store: ContentStore, cache: Cache, workers: WorkerThreads,
        report: @escaping @Sendable (Step) -> Void = { _ in }
    ) {
        self.packages = packages
        self.store = store
        segments = SegmentCache(cache: cache, usesSecondThread: workers.count > 1)
        self.workers = workers
        self.report = report
    }

    /// Composes the image; every blob that it names is in the store afterwards, unsynced. Throws the first reason why
    /// there is no image; the cache then holds what was done, and nothing else is left.
    package func compose(
        _ definition: ImageDefinition, packages: [FetchedPackages], lock: Lock, local: LocalFiles,
        sourceDateEpoch: Timestamp?
    ) async throws(ComposingError) -> ComposedImage {
        do {
            let platforms = try await onBases(
                try platforms(definition, packages, lock, sourceDateEpoch), definition, local)
            let tables = try await tables(platforms)
            let plans = try await plans(platforms, tables, definition, local, sourceDateEpoch)
            let layers = try await layers(platforms, plans)
            // Layers of the image below may be copied.
            return try await workers.run { try write(definition, platforms, plans, layers) }
        } catch let error as ComposingError {
            throw error
        } catch let error as StorageError {
            throw .storage(error)
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw .unwritable("\(error)")
        }
    }

    private func platforms(
        _ definition: ImageDefinition, _ packages: [FetchedPackages], _ lock: Lock, _ newest: Timestamp?
    ) throws(ComposingError) -> [PlatformWork] {
        var platforms: [PlatformWork] = []
        guard !packages.isEmpty else { throw .nothingToCompose }
        for fetched in packages.sorted(by: { $0.architecture < $1.architecture }) {
            // The lock may hold more architectures than this build is about.
            guard
                let locked = lock.content.architectures.first(where: {
                    $0.architecture == fetched.architecture
                })
            else { throw .notLocked(fetched.architecture) }
            let parts = locked.family.parts
            guard Set(fetched.items.map(\.package)) == Set(locked.fetchedPackages) else {
                throw .notLocked(fetched.architecture)
            }
            let family = parts.rules(for: locked.packages, architecture: locked.architecture)
            let byName = Dictionary(
                fetched.items.map { ($0.package.name, $0.package) }, uniquingKeysWith: { first, _ in first })
            let items = family.installationOrder.compactMap { byName[$0] }
            let changes = DefinitionRules(definition, family.aliases)
            platforms.append(
                PlatformWork(
                    architecture: locked.architecture, parts: parts, family: family,
                    packages: items.map { package in
                        let rules = EntryRules(
                            family: family, role: package.role, package: package.name, definition: changes,
                            newest: newest?.seconds)
                        return (package, rules)
                    },
                    baseRules: EntryRules(
                        family: family, role: .base, package: LockedPackage.baseImage.name,
                        definition: changes, newest: nil),
                    basePackages: locked.packages.filter { $0.role == .base }))
        }
        return platforms
    }

    /// The same with the image below each, where the definition names one.
    private func onBases(
        _ platforms: [PlatformWork], _ definition: ImageDefinition, _ local: LocalFiles
    ) async throws -> [PlatformWork] {
        guard let base = definition.contents.baseImage else { return platforms }
        let (store, segments) = (packages, segments)
        return try await workers.map(platforms, atMost: workers.count) { platform in
            guard let manifest = local.sources[base.value.source(for: platform.architecture)] else {
                throw ComposingError.missingLocalFile(base.value.image, base.location)
            }
            guard platform.basePackages.allSatisfy({ $0.digest == manifest.digest }) else {
                throw ComposingError.otherBase(platform.architecture)
            }
            var platform = platform
            platform.base = try BaseLayersReader(
                store: store, cache: segments,
                captures: platform.family.captures + platform.family.baseCaptures
            ).layers(of: manifest)
            return platform
        }
    }
}
