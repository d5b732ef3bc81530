// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// The JSON documents around the layers, each a function of what was decided and written.
enum Documents {
    /// What the history entry says; without a version, so that a new Slipway that writes the same bytes gives the same
    /// image.
    static let createdBy = "slipway"

    static func configuration(
        _ plan: ImagePlan, architecture: Architecture, layers: [PlatformImage.Layer], base: BaseLayers?
    ) -> ImageConfiguration {
        let created = Timestamp(seconds: plan.created)
        var configuration = ImageConfiguration(
            platform: architecture.platform, created: created, config: plan.process,
            diffIDs: layers.map(\.diffID))
        let own = layers.dropFirst(base?.layers.count ?? 0).map { _ in
            ImageConfiguration.HistoryEntry(created: created.description, createdBy: createdBy)
        }
        configuration.history = (base.map(history(of:)) ?? []) + own
        return configuration
    }

    /// What the image below says of its layers; one entry for each where it says something else.
    private static func history(of base: BaseLayers) -> [ImageConfiguration.HistoryEntry] {
        let known = base.configuration.history ?? []
        if known.count(where: { $0.emptyLayer != true }) == base.layers.count { return known }
        return base.layers.map { _ in
            ImageConfiguration.HistoryEntry(created: base.configuration.created, createdBy: nil)
        }
    }

    /// The definition's annotations, and what is known without being said (image-spec, annotations.md). The definition's
    /// name is not: where its text has no title, it is that of a folder, which may differ between machines.
    static func annotations(_ definition: ImageDefinition, created: Int64, version: String?) -> [String:
        String]
    {
        var annotations = [
            "org.opencontainers.image.created": Timestamp(seconds: created).description
        ]
        annotations["org.opencontainers.image.version"] = version
        return annotations.merging(definition.annotations) { _, own in own }
    }
}
