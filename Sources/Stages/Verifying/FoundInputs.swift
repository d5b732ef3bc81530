// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// The `inputs` artifact that a provenance names, as it was found by its digest.
package struct FoundInputs: Sendable, Equatable {
    package var digest: Digest
    /// Nil where the artifact or a part of it is missing, damaged or malformed; `problems` says what.
    package var artifact: InputsArtifact?
    package var lock: Lock?
    /// The manifests that the index lists which the artifact refers to.
    package var images: Set<Digest>
    package var problems: [String]

    package init(
        digest: Digest, artifact: InputsArtifact?, lock: Lock?, images: Set<Digest>, problems: [String]
    ) {
        self.digest = digest
        self.artifact = artifact
        self.lock = lock
        self.images = images
        self.problems = problems
    }
}
