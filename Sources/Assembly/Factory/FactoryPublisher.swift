// SPDX-License-Identifier: Apache-2.0

package import Pipeline
package import Vocabulary

/// Where the factory publishes: one repository for each image below its destination, one key.
package struct FactoryPublisher: Sendable {
    private let workshop: Workshop
    private let configuration: FactoryConfiguration
    private let key: KeyPair

    package init(_ workshop: Workshop, configuration: FactoryConfiguration, key: KeyPair) {
        self.workshop = workshop
        self.configuration = configuration
        self.key = key
    }

    /// The publisher of one image.
    /// - Throws: `ImageReference.ParseError` where the image's name can be no repository's.
    package func of(_ image: String) throws -> Publisher {
        Publisher(workshop, to: try configuration.destination.reference(to: image), key: key)
    }
}
