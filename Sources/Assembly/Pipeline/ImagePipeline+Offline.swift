// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

/// Builds that may not ask the network.
extension ImagePipeline {
    /// Every package of a lock is at hand, or at a place of this machine. Throws with all that are not.
    func requirePackages(of lock: Lock, for file: DefinitionFile) throws(PipelineError) {
        let packages = lock.content.architectures.flatMap { architecture in
            architecture.fetchedPackages.map {
                ("\($0.name) \($0.version) (\(architecture.architecture))", $0)
            }
        }
        let missing = packages.filter { _, package in
            let places = lock.witness.places[package.digest.description] ?? []
            return workshop.packages.size(of: package.digest) != package.size
                && !places.contains { $0.hasPrefix("file://") }
        }
        guard missing.isEmpty else {
            throw .offlineWithoutPackages(missing.map(\.0), of: packages.count, definition: file.path)
        }
    }
}
