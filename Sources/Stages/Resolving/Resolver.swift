// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Decides every package of an image: pure, from the definition and the repositories' snapshots to a lock.
package struct Resolver: Sendable {
    let debian: DebianRules

    /// `debian` are the curated rules of the Debian family.
    package init(debian: DebianRules = .images) { self.debian = debian }

    /// The lock for all architectures of the definition. Throws where no set of packages satisfies it, with the
    /// derivation as text.
    package func resolve(
        _ definition: ImageDefinition, snapshots: [RepositorySnapshot],
        pinning pins: PackagePins = PackagePins()
    ) throws(ResolutionError) -> (Lock, [Diagnostic]) {
        let resolution = try self.resolution(of: definition, snapshots: snapshots)
        return (try resolution.lock(pinning: pins), resolution.diagnostics)
    }

    /// The same before the files' digests are known, with what else is known.
    package func resolution(
        of definition: ImageDefinition, snapshots: [RepositorySnapshot]
    ) throws(ResolutionError) -> Resolution {
        let ordered = snapshots.sorted { $0.ordinal < $1.ordinal }
        let isEmpty = definition.contents.packages.isEmpty
        guard isEmpty || !ordered.isEmpty else { throw .noRepositories(file: definition.file) }
        let families = Set(ordered.map(\.family))
        guard families.count <= 1 else { throw .mixedFamilies(file: definition.file) }
        var choices: [ArchitectureChoice] = []
        var diagnostics = ordered.flatMap(\.diagnostics)
        for architecture in definition.architectures {
            let order = ResolutionOrder(
                definition: definition, snapshots: ordered, architecture: architecture)
            let choice = try resolution(by: families.first, order).resolve()
            diagnostics += choice.diagnostics.filter { !diagnostics.contains($0) }
            choices.append(choice)
        }
        return Resolution(
            definition: definition.digest, architectures: choices,
            repositories: ordered.filter { !$0.isInstalled }.map(\.witness),
            diagnostics: diagnostics, consulted: choices.reduce(into: []) { $0.formUnion($1.consulted) },
            conflicts: choices.reduce(0) { $0 + $1.conflicts })
    }
}
