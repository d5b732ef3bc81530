// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Decides every package of an image: pure, from the definition and the repositories' snapshots to a lock.
package struct Resolver: Sendable {
    let debian: DebianRules

    /// `debian` are the curated rules of the Debian family.
    package init(debian: DebianRules = .images) { self.debian = debian }

    /// What resolving found out.
    package struct Resolution: Sendable {
        package let lock: Lock
        package let diagnostics: [Diagnostic]
        /// Every package name that was looked up, misses included: while nothing changes under these names, the lock
        /// stays what it is.
        package let consulted: Set<String>
        /// How many dead ends the search met, all architectures together.
        package let conflicts: Int
    }

    /// The lock for all architectures of the definition. Throws where no set of packages satisfies it, with the
    /// derivation as text.
    package func resolve(
        _ definition: ImageDefinition, snapshots: [RepositorySnapshot]
    ) throws(ResolutionError) -> (Lock, [Diagnostic]) {
        let resolution = try self.resolution(of: definition, snapshots: snapshots)
        return (resolution.lock, resolution.diagnostics)
    }

    /// The same with what else is known afterwards.
    package func resolution(
        of definition: ImageDefinition, snapshots: [RepositorySnapshot]
    ) throws(ResolutionError) -> Resolution {
        let ordered = snapshots.sorted { $0.ordinal < $1.ordinal }
        let isEmpty = definition.contents.packages.isEmpty
        guard isEmpty || !ordered.isEmpty else { throw .noRepositories(file: definition.file) }
        let families = Set(ordered.map(\.family))
        guard families.count <= 1 else { throw .mixedFamilies(file: definition.file) }
        let family = families.first ?? .debian
        guard family == .debian else { throw .unsupportedFamily(family, file: definition.file) }
        var locks: [ArchitectureLock] = []
        var diagnostics = ordered.flatMap(\.diagnostics)
        var places: [String: [String]] = [:]
        var consulted: Set<String> = []
        var conflicts = 0
        for architecture in definition.architectures {
            let run = DebianResolution(
                definition: definition, rules: debian, snapshots: ordered, architecture: architecture)
            let result = try run.resolve()
            locks.append(result.lock)
            diagnostics += result.diagnostics.filter { !diagnostics.contains($0) }
            places.merge(result.places) { first, second in first + second.filter { !first.contains($0) } }
            consulted.formUnion(result.consulted)
            conflicts += result.conflicts
        }
        let content = Lock.Content(definition: definition.digest, architectures: locks)
        let witness = Witness(repositories: ordered.map(\.witness), places: places)
        return Resolution(
            lock: Lock(content: content, witness: witness), diagnostics: diagnostics, consulted: consulted,
            conflicts: conflicts)
    }
}
