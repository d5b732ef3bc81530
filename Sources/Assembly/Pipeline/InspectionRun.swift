// SPDX-License-Identifier: Apache-2.0

internal import Distribution
internal import Inspecting
internal import Scanning
package import Storage
package import Vocabulary

/// Looks into images, anybody's: inventories, bills of materials, findings, comparisons.
package struct InspectionRun: Sendable {
    private let workshop: Workshop

    package init(_ workshop: Workshop) { self.workshop = workshop }

    /// One inventory for each platform, or the one that was asked for.
    package func inventories(of text: String, platform: Platform?) async throws -> [ImageInventory] {
        try await look(into: text, platform: platform).inventories
    }

    /// The inventories, and where they came from unless that is an unpacked tree.
    private func look(
        into text: String, platform: Platform?
    ) async throws -> (inventories: [ImageInventory], source: (any ImageSource)?) {
        workshop.report(.began(.inspect, text))
        let inspector = Inspector(workers: workshop.workers)
        var found: (inventories: [ImageInventory], source: (any ImageSource)?)
        switch try await ImageLocator(text, workshop) {
        case .rootFileSystem(let path):
            let inventory = try await inspector.inventory(
                ofDirectory: path, platform: platform ?? .ofThisMachine, compressing: true)
            found = ([inventory], nil)
        case .image(let source):
            let inventories = try await inspector.inventory(
                of: source, platform: platform, store: ImageLocator.store(of: source, workshop))
            found = (inventories, source)
        }
        workshop.report.report(found.inventories.flatMap(\.diagnostics))
        workshop.report(
            .ended(.inspect, "\(text), \(Figures.count(found.inventories.count, "platform"))"))
        return found
    }

    /// What a scan of one platform's image found.
    package struct Scan: Sendable, Codable {
        package var platform: String
        package var manifest: Digest
        package var findings: Findings
    }

    /// Holds an image against the advisories of a directory.
    package func scan(_ text: String, platform: Platform?, advisories: HostPath) async throws -> [Scan] {
        let records = try AdvisoryFolder.read(advisories)
        let inventories = try await inventories(of: text, platform: platform)
        return inventories.map { inventory in
            Scan(
                platform: inventory.platform.description, manifest: inventory.manifest.digest,
                findings: Scanner(at: workshop.now()).scan(inventory, against: records))
        }
    }

    /// Two images of one platform, side by side.
    package func compare(
        _ first: String, _ second: String, platform: Platform, advisories: HostPath?
    ) async throws -> ImageComparison {
        let records = try advisories.map { try AdvisoryFolder.read($0) }
        var sides: [(ImageStatistics, ImageInventory)] = []
        for text in [first, second] {
            let (inventories, source) = try await look(into: text, platform: platform)
            guard let inventory = inventories.first else { throw PipelineError.noSuchImage(text) }
            var finished: Timestamp?
            if let source {
                finished = try await BuildTime.finished(inventory.manifest.digest, in: source)
            }
            let findings = records.map { Scanner(at: workshop.now()).scan(inventory, against: $0) }
            sides.append(
                (ImageStatistics(name: text, inventory, findings: findings, built: finished), inventory))
        }
        return ImageComparison(sides[0].0, sides[0].1, sides[1].0, sides[1].1, now: workshop.now())
    }
}

extension ImagePipeline {
    /// What the factory's gates look at: an inventory for each platform of a build.
    package func inventories(of built: BuiltImage, in store: ContentStore) async throws -> [ImageInventory] {
        let source = StoredImage(root: built.image.index, store: store)
        return try await Inspector(workers: workshop.workers).inventory(of: source, store: store)
    }

    package func scan(_ inventory: ImageInventory, against advisories: AdvisorySet) -> Findings {
        Scanner(at: workshop.now()).scan(inventory, against: advisories)
    }
}
