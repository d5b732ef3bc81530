// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

extension Resolver {
    /// What resolving found out: everything of a lock but, where the indexes do not say it, the digests of the files.
    package struct Resolution: Sendable {
        let definition: Digest
        let architectures: [ArchitectureChoice]
        let repositories: [RepositoryWitness]
        package let diagnostics: [Diagnostic]
        /// Every package name that was looked up, misses included: while nothing changes under these names, the
        /// resolution stays what it is.
        package let consulted: Set<String>
        /// How many dead ends the search met, all architectures together.
        package let conflicts: Int

        /// The packages that an index names by its own checksum alone (Alpine's); empty where every index has digests.
        /// One file stands here once, however many architectures have it.
        package var unpinned: [UnpinnedPackage] {
            var seen: Set<String> = []
            return architectures.flatMap(\.packages).compactMap(\.unpinned)
                .filter { seen.insert($0.checksum).inserted }
        }

        /// The lock, its packages' files known by digest. Throws where `pins` lacks one of `unpinned`.
        package func lock(
            pinning pins: PackagePins = PackagePins()
        ) throws(ResolutionError) -> Lock {
            var locks: [ArchitectureLock] = []
            var places: [String: [String]] = [:]
            for choice in architectures {
                var packages: [LockedPackage] = []
                for chosen in choice.packages {
                    guard let package = chosen.locked(pins) else {
                        throw .unpinned(chosen.record.name, chosen.record.version, choice.architecture)
                    }
                    let known = places[package.digest.description] ?? []
                    places[package.digest.description] =
                        known + chosen.places.filter { !known.contains($0) }
                    packages.append(package)
                }
                locks.append(
                    ArchitectureLock(
                        architecture: choice.architecture, family: choice.family, packages: packages,
                        dropped: choice.dropped))
            }
            return Lock(
                content: Lock.Content(definition: definition, architectures: locks),
                witness: Witness(repositories: repositories, places: places))
        }
    }
}
