// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// One definition to resolve for one architecture; the snapshots stand in the definition's order.
struct ResolutionOrder: Sendable {
    let definition: ImageDefinition
    let snapshots: [RepositorySnapshot]
    let architecture: Architecture

    /// The manifest of the base image that a snapshot stands for; nil for a repository's.
    func image(of snapshot: Int) -> Digest? {
        snapshots[snapshot].indexes.first { $0.architecture == architecture }?.image
    }

    /// The indexes of this architecture, with the place of the snapshot each belongs to.
    func indexes() throws(ResolutionError) -> [(repository: Int, index: PackageIndex)] {
        let found = snapshots.enumerated().flatMap { place, snapshot in
            snapshot.indexes.filter { $0.architecture == architecture }.map { (place, $0.packages) }
        }
        guard !found.isEmpty else { throw .noIndex(architecture, file: definition.file) }
        return found
    }
}

/// How a family resolves.
protocol FamilyResolution {
    func resolve() throws(ResolutionError) -> ArchitectureChoice
}

// Here a family's part is picked, and nowhere else in this stage.

extension Resolver {
    func resolution(by family: PackageFamily?, _ order: ResolutionOrder) -> any FamilyResolution {
        switch family {
        // An image of files alone names no repository.
        case .debian, nil: DebianResolution(order, rules: debian)
        case .alpine: AlpineResolution(order)
        }
    }
}

extension PackageFamily {
    /// Why only data of a package is in an image, by the package's name.
    var reasonsForData: [String: String] {
        switch self {
        case .debian: DebianRules.images.reasonsForData
        case .alpine: [:]
        }
    }
}
