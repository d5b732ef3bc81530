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
        let (configuration, key) = try read(workshop)
        return OpenFactory(
            workshop: workshop, configuration: configuration,
            state: try FactoryState(claiming: directory(workshop)),
            key: key, advisories: try advisories.map { try AdvisoryFolder.read($0) })
    }

    /// Orders by hand, which may be given while the factory runs.
    /// - Throws: `DefinitionError`, `StorageError`, `RecordsError`.
    package func orders(_ workshop: Workshop) throws -> FactoryOrders {
        let (configuration, key) = try read(workshop)
        return FactoryOrders(
            state: try FactoryState(beside: directory(workshop)),
            publisher: FactoryPublisher(workshop, configuration: configuration, key: key), workshop: workshop)
    }

    private func read(_ workshop: Workshop) throws -> (FactoryConfiguration, KeyPair) {
        let (read, diagnostics) = try FactoryFile.read(configuration)
        workshop.report.report(diagnostics)
        return (read, try KeyPair(at: HostPath(read.key.value).resolved(against: configuration.parent)))
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
}
