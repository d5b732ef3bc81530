// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Storage
internal import Vocabulary

extension Composer {
    /// How often a damaged segment is made again before the disk is to blame.
    private static let repairs = 8

    /// Each platform's layers, from the lowest. A segment whose bytes in the cache are damaged is made again.
    func layers(_ platforms: [PlatformWork], _ plans: [ImagePlan]) async throws -> [[PlatformImage.Layer]] {
        for _ in 0..<Self.repairs {
            try await makeMissing(platforms, plans)
            let joins = try await joins(plans)
            do {
                let layers = try await join(platforms, joins)
                return plans.indices.map { platform in
                    zip(joins, layers).filter { $0.0.platform == platform }.map(\.1)
                }
            } catch is LayerJoin.DamagedSegment { continue }
        }
        throw ComposingError.unwritable(
            "segments in the cache differ from what was just written there; is the disk failing? "
                + "Try another XDG_CACHE_HOME")
    }

    /// One layer of one platform.
    private struct PlatformJoin: Sendable {
        var platform: Int
        var join: LayerJoin
    }

    private func joins(_ plans: [ImagePlan]) async throws -> [PlatformJoin] {
        let work = plans.enumerated().flatMap { place, plan in plan.layers.map { (place, $0) } }
        let (store, sources, segments) = (store, packages, segments)
        return try await workers.map(work, atMost: workers.count) { platform, layer in
            let head = try AddedSegment(nodes: layer.directories, isLast: false)
                .segment(in: segments, from: sources, identity: Self.segmentIdentity)
            let tail = try AddedSegment(nodes: layer.additions, isLast: true)
                .segment(in: segments, from: sources, identity: Self.segmentIdentity)
            let packages = try layer.segments.map { planned in
                // Pruned by another process since it was made: as good as damaged.
                guard let segment = segments.segment(planned.key) else {
                    throw LayerJoin.DamagedSegment(key: planned.key)
                }
                return segment
            }
            return PlatformJoin(
                platform: platform,
                join: LayerJoin(segments: [head] + packages + [tail], store: store, cache: segments))
        }
    }

    private struct Missing: Sendable {
        var opening: PackageOpening
        var key: Digest
    }

    /// Opens again the packages whose part in this image is another than the cache has: a rule of the definition
    /// changed, or a file of theirs went to another package.
    private func makeMissing(_ platforms: [PlatformWork], _ plans: [ImagePlan]) async throws {
        var missing: [Missing] = []
        var seen: Set<Digest> = []
        for (platform, plan) in zip(platforms, plans) {
            let packages = Dictionary(
                platform.packages.map { ($0.package.name, $0.package) },
                uniquingKeysWith: { first, _ in first })
            for segment in plan.layers.flatMap(\.segments) where segments.segment(segment.key) == nil {
                guard seen.insert(segment.key).inserted, let package = packages[segment.package] else {
                    continue
                }
                missing.append(
                    Missing(opening: platform.opening(package, segment.rules), key: segment.key))
            }
        }
        guard !missing.isEmpty else { return }
        let (sources, segments, report) = (self.packages, segments, report)
        report(.opening(packages: missing.count, bytes: missing.reduce(0) { $0 + $1.opening.package.size }))
        _ = try await workers.map(missing, atMost: workers.count, weight: \.opening.package.size) { item in
            let (_, made) = try PackageDecoder.decode(
                item.opening, from: sources, into: segments, identity: Self.segmentIdentity)
            precondition(made.key == item.key, "a segment's key follows from its table")
            report(.opened(item.opening.package.name))
        }
    }

    private struct Pass: Sendable {
        var layer: Int
        var kind: LayerJoin.Pass
    }

    private func join(
        _ platforms: [PlatformWork], _ joins: [PlatformJoin]
    ) async throws -> [PlatformImage.Layer] {
        var layers = joins.map { $0.join.known() }
        let missing = joins.indices.filter { layers[$0] == nil }
        let passes = missing.flatMap { [Pass(layer: $0, kind: .plain), Pass(layer: $0, kind: .compressed)] }
        for platform in Set(missing.map { joins[$0].platform }).sorted() {
            report(.joining(platforms[platform].architecture))
        }
        let outcomes = try await workers.map(passes, atMost: workers.count) { pass in
            try joins[pass.layer].join.run(pass.kind)
        }
        for index in missing {
            layers[index] = try joins[index].join.layer(
                zip(passes, outcomes).filter { $0.0.layer == index }.map(\.1))
        }
        return layers.compactMap { $0 }
    }

    /// A blob of the image below, where the store lacks it.
    private func copy(_ blob: Descriptor) throws {
        guard store.size(of: blob.digest) != blob.size else { return }
        let reader = try packages.reader(of: blob.digest)
        let writer = try store.writer()
        try reader.forEachPiece { try writer.write($0) }
        _ = try writer.finish(expecting: blob.digest)
    }

    /// Configuration, manifests and index.
    func write(
        _ definition: ImageDefinition, _ platforms: [PlatformWork], _ plans: [ImagePlan],
        _ layers: [[PlatformImage.Layer]]
    ) throws -> ComposedImage {
        var images: [PlatformImage] = []
        var diagnostics: [Diagnostic] = []
        for ((platform, plan), own) in zip(zip(platforms, plans), layers) {
            let below = platform.base?.layers ?? []
            for layer in below { try copy(layer.descriptor) }
            let layers = below + own
            let annotations = Documents.annotations(definition, created: plan.created, version: plan.version)
            let configuration = try CanonicalJSON.encode(
                Documents.configuration(
                    plan, architecture: platform.architecture, layers: layers, base: platform.base))
            try store.write(configuration)
            let config = Descriptor(configuration, mediaType: .imageConfig)
            let manifest = try CanonicalJSON.encode(
                ImageManifest(config: config, layers: layers.map(\.descriptor), annotations: annotations))
            try store.write(manifest)
            images.append(
                PlatformImage(
                    architecture: platform.architecture,
                    manifest: Descriptor(
                        manifest, mediaType: .imageManifest, platform: platform.architecture.platform),
                    config: config, layers: layers, created: Timestamp(seconds: plan.created),
                    files: plan.files))
            for diagnostic in plan.diagnostics where !diagnostics.contains(diagnostic) {
                diagnostics.append(diagnostic)
            }
        }
        let versions = Set(plans.map(\.version))
        let annotations = Documents.annotations(
            definition, created: plans.map(\.created).max() ?? 0,
            version: versions.count == 1 ? versions.first ?? nil : nil)
        let index = try CanonicalJSON.encode(
            ImageIndex(manifests: images.map(\.manifest), annotations: annotations))
        try store.write(index)
        return ComposedImage(
            index: Descriptor(index, mediaType: .imageIndex), platforms: images, diagnostics: diagnostics)
    }
}
