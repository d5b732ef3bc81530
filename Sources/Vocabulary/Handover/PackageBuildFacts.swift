// SPDX-License-Identifier: Apache-2.0

/// What provenance says about packages that were built together, beside the packages themselves.
package struct PackageBuildFacts: Sendable {
    /// An image, by its manifest, and what it was resolved to.
    package struct Root: Sendable {
        package var image: Digest
        package var lock: Lock

        package init(image: Digest, lock: Lock) {
            self.image = image
            self.lock = lock
        }
    }

    /// The recipe's file name.
    package var recipe: String
    /// The archive of everything that the build was given from outside, and what its file is called.
    package var inputs: Descriptor
    package var inputsName: String
    package var architecture: Architecture
    package var sources: [BuildSource]
    /// The image in which it was built and, where the recipe has one, that which it was linked with.
    package var roots: [Root]
    /// Equal key, equal packages.
    package var buildKey: Digest
    package var toolVersion: String
    /// The form and its compressor: `apk gzip`.
    package var compressor: String
    /// Set only where SOURCE_DATE_EPOCH was.
    package var sourceDateEpoch: Timestamp?
    package var started: Timestamp
    package var finished: Timestamp

    package init(
        recipe: String, inputs: Descriptor, inputsName: String, architecture: Architecture,
        sources: [BuildSource], roots: [Root], buildKey: Digest, toolVersion: String,
        compressor: String, started: Timestamp, finished: Timestamp
    ) {
        self.recipe = recipe
        self.inputs = inputs
        self.inputsName = inputsName
        self.architecture = architecture
        self.sources = sources
        self.roots = roots
        self.buildKey = buildKey
        self.toolVersion = toolVersion
        self.compressor = compressor
        self.started = started
        self.finished = finished
    }
}
