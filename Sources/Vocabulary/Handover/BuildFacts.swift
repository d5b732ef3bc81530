// SPDX-License-Identifier: Apache-2.0

/// What provenance says about one build, beside the image itself.
package struct BuildFacts: Sendable, Equatable {
    /// Digest of the definition's bytes and the name it is known by.
    package var definition: Descriptor
    package var definitionName: String
    /// The `inputs` artifact: definition, local files, lock and signed release files.
    package var inputs: Descriptor
    package var lock: Lock
    /// The build key: equal key, equal image.
    package var buildKey: Digest
    /// Version of Slipway and of the named compressor.
    package var toolVersion: String
    package var compressor: String
    /// Set only where SOURCE_DATE_EPOCH clamped times.
    package var sourceDateEpoch: Timestamp?
    package var started: Timestamp
    package var finished: Timestamp
    package var diagnostics: [Diagnostic]

    package init(
        definition: Descriptor, definitionName: String, inputs: Descriptor, lock: Lock, buildKey: Digest,
        toolVersion: String, compressor: String, sourceDateEpoch: Timestamp?, started: Timestamp,
        finished: Timestamp, diagnostics: [Diagnostic]
    ) {
        self.definition = definition
        self.definitionName = definitionName
        self.inputs = inputs
        self.lock = lock
        self.buildKey = buildKey
        self.toolVersion = toolVersion
        self.compressor = compressor
        self.sourceDateEpoch = sourceDateEpoch
        self.started = started
        self.finished = finished
        self.diagnostics = diagnostics
    }
}
