// SPDX-License-Identifier: Apache-2.0

package import Pipeline
package import Records
internal import Storage
package import Vocabulary

/// Which factory a command means: its configuration, where its history is, which advisories it scans with.
package struct FactoryPlace: Sendable {
    package let configuration: HostPath
    private let stateDirectory: HostPath?
    private let advisories: HostPath?

    package init(configuration: HostPath, state: HostPath?, advisories: HostPath?) {
        self.configuration = configuration
        stateDirectory = state
        self.advisories = advisories
    }

    /// Claims the factory's directory for this process and reads its configuration, key and advisories.
    /// - Throws: `DefinitionError`, `StorageError`, `FactoryError.alreadyRunning`.
    package func open(_ workshop: Workshop) throws -> OpenFactory {
        let (configuration, diagnostics) = try FactoryFile.read(configuration)
        workshop.report.report(diagnostics)
        let key = try KeyPair(
            at: HostPath(configuration.key.value).resolved(against: self.configuration.parent))
        return OpenFactory(
            workshop: workshop, configuration: configuration,
            state: try FactoryState(claiming: directory(workshop)),
            key: key, advisories: try advisories.map { try AdvisoryFolder.read($0) })
    }

    /// The history alone, which may be read while the factory runs.
    package func history(_ workshop: Workshop) throws -> FactoryRecords {
        try FactoryState.records(in: directory(workshop))
    }

    /// Said, or one below the data directory for each configuration file.
    private func directory(_ workshop: Workshop) -> HostPath {
        if let stateDirectory { return stateDirectory }
        let path = configuration.resolved(against: HostPath(workshop.environment["PWD"] ?? "."))
        return workshop.directories.data / "factories" / ContentHasher.digest(of: path.text).short
    }
}

/// A factory of this process.
package struct OpenFactory: Sendable {
    package let workshop: Workshop
    package let configuration: FactoryConfiguration
    package let state: FactoryState
    private let key: KeyPair
    private let advisories: AdvisorySet?

    init(
        workshop: Workshop, configuration: FactoryConfiguration, state: FactoryState, key: KeyPair,
        advisories: AdvisorySet?
    ) {
        self.workshop = workshop
        self.configuration = configuration
        self.state = state
        self.key = key
        self.advisories = advisories
    }

    private var publisher: FactoryPublisher {
        FactoryPublisher(workshop, configuration: configuration, key: key)
    }

    package func round() -> FactoryRound {
        FactoryRound(
            pipeline: ImagePipeline(workshop), state: state, configuration: configuration,
            publisher: publisher,
            advisories: advisories)
    }

    package func orders() -> FactoryOrders {
        FactoryOrders(state: state, publisher: publisher, workshop: workshop)
    }
}
