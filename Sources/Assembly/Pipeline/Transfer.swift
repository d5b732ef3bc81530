// SPDX-License-Identifier: Apache-2.0

internal import Distribution
internal import Storage
package import Vocabulary

/// Moves images between layouts and registries, with everything that refers to them; tags move last.
package struct Transfer: Sendable {
    private let workshop: Workshop

    package init(_ workshop: Workshop) { self.workshop = workshop }

    /// - Parameter text: a layout, or `LAYOUT:TAG`.
    /// - Throws: `DistributionError`; `PipelineError.noLayout` where it is none.
    package func push(_ text: String, to reference: ImageReference) async throws -> Descriptor {
        let image = try await ImageLocator.layout(text, workshop)
        workshop.report(.began(.push, "\(reference)"))
        let summary = try await workshop.registry.pushImage(image, to: reference)
        workshop.report(.ended(.push, "\(reference), \(Wording.summary(summary))"))
        return summary.root
    }

    /// - Throws: `DistributionError`, `StorageError`.
    package func pull(_ reference: ImageReference, to path: HostPath) async throws -> Descriptor {
        workshop.report(.began(.pull, "\(reference)"))
        let summary = try await workshop.registry.pullImage(reference, into: try ImageLayout.create(at: path))
        workshop.report(.ended(.pull, "\(path), \(Wording.summary(summary))"))
        return summary.root
    }
}
