// SPDX-License-Identifier: Apache-2.0

/// The predicate of SLSA provenance v1 as Slipway writes it (slsa.dev/spec/v1.2/build-provenance). What a build was
/// given from outside is one digest: the `inputs` artifact.
package struct Provenance: Sendable, Codable, Equatable {
    package struct BuildDefinition: Sendable, Codable, Equatable {
        package var buildType: String
        package var externalParameters: ExternalParameters
        package var internalParameters: InternalParameters
        package var resolvedDependencies: [ResourceDescriptor]

        package init(
            buildType: String, externalParameters: ExternalParameters, internalParameters: InternalParameters,
            resolvedDependencies: [ResourceDescriptor]
        ) {
            self.buildType = buildType
            self.externalParameters = externalParameters
            self.internalParameters = internalParameters
            self.resolvedDependencies = resolvedDependencies
        }
    }

    /// Complete: a reader refuses any other member (SLSA, "Verifying artifacts": unknown external parameters).
    package struct ExternalParameters: Sendable, Codable, Equatable {
        /// The name that the definition is known by.
        package var definition: String
        /// Digest, media type and size of the `inputs` artifact's manifest.
        package var inputs: ResourceDescriptor

        package init(definition: String, inputs: ResourceDescriptor) {
            self.definition = definition
            self.inputs = inputs
        }

        private enum CodingKeys: String, CodingKey, CaseIterable { case definition, inputs }
        private struct AnyKey: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        package init(from decoder: any Decoder) throws {
            let all = try decoder.container(keyedBy: AnyKey.self)
            let known = Set(CodingKeys.allCases.map(\.stringValue))
            if let unknown = all.allKeys.first(where: { !known.contains($0.stringValue) }) {
                throw DecodingError.dataCorruptedError(
                    forKey: unknown, in: all,
                    debugDescription: "an external parameter that this build type does not have")
            }
            let container = try decoder.container(keyedBy: CodingKeys.self)
            definition = try container.decode(String.self, forKey: .definition)
            inputs = try container.decode(ResourceDescriptor.self, forKey: .inputs)
        }
    }

    package struct InternalParameters: Sendable, Codable, Equatable {
        package var platform: String
        /// Set only where SOURCE_DATE_EPOCH clamped times.
        package var sourceDateEpoch: Timestamp?
        package var compressor: String
        package var buildKey: Digest
        package var diagnostics: [Diagnostic]

        package init(
            platform: String, sourceDateEpoch: Timestamp?, compressor: String, buildKey: Digest,
            diagnostics: [Diagnostic]
        ) {
            self.platform = platform
            self.sourceDateEpoch = sourceDateEpoch
            self.compressor = compressor
            self.buildKey = buildKey
            self.diagnostics = diagnostics
        }
    }

    package struct RunDetails: Sendable, Codable, Equatable {
        package var builder: Builder
        package var metadata: Metadata

        package init(builder: Builder, metadata: Metadata) {
            self.builder = builder
            self.metadata = metadata
        }
    }

    package struct Builder: Sendable, Codable, Equatable {
        package var id: String
        package var version: [String: String]?

        package init(id: String, version: [String: String]?) {
            self.id = id
            self.version = version
        }
    }

    package struct Metadata: Sendable, Codable, Equatable {
        package var startedOn: Timestamp?
        package var finishedOn: Timestamp?

        package init(startedOn: Timestamp?, finishedOn: Timestamp?) {
            self.startedOn = startedOn
            self.finishedOn = finishedOn
        }
    }

    package var buildDefinition: BuildDefinition
    package var runDetails: RunDetails

    package init(buildDefinition: BuildDefinition, runDetails: RunDetails) {
        self.buildDefinition = buildDefinition
        self.runDetails = runDetails
    }
}
