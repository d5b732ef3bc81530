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
        let forms = try (configuration.packages?.forms ?? []).map { try form($0) }
        return OpenFactory(
            workshop: workshop, configuration: configuration,
            state: try FactoryState(claiming: directory(workshop)),
            keys: .init(images: key, forms: forms),
            advisories: try advisories.map { try AdvisoryFolder.read($0) })
    }

    /// Orders by hand, which may be given while the factory runs.
    /// - Throws: `DefinitionError`, `StorageError`, `RecordsError`.
    package func orders(_ workshop: Workshop) throws -> FactoryOrders {
        let (configuration, key) = try read(workshop)
        return FactoryOrders(
            state: try FactoryState(beside: directory(workshop)),
            publisher: FactoryPublisher(workshop, configuration: configuration, key: key), workshop: workshop)
    }

    private func form(_ form: FactoryConfiguration.Packages.Form) throws -> PackageForm {
        func path(_ written: String) -> HostPath { HostPath(written).resolved(against: configuration.parent) }
        switch form {
        case .apk(let key):
            return .apk(.init(key: try PackageKeyPair(at: path(key.value)), sha1: false))
        case .deb(let suite, let key, let home):
            return .deb(suite: suite, gpgKey: key, gpgHome: home.map(path))
        }
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

    /// What a round of packages would do, which may be asked while the factory runs and without its keys; nil where it builds
    /// none.
    package func plan(_ workshop: Workshop) throws -> PackagePlan? {
        let (read, diagnostics) = try FactoryFile.read(configuration)
        workshop.report.report(diagnostics)
        return try read.packages.map {
            PackagePlan(
                workshop: workshop, records: try history(workshop), packages: $0,
                folder: configuration.parent)
        }
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
    private let keys: Keys
    private let advisories: AdvisorySet?
    private let pending = PendingPackages()

    /// What it signs with.
    struct Keys: Sendable {
        var images: KeyPair
        /// The forms of packages that it builds, with their keys; empty where it builds none.
        var forms: [PackageForm]
    }

    init(
        workshop: Workshop, configuration: FactoryConfiguration, state: FactoryState, keys: Keys,
        advisories: AdvisorySet?
    ) {
        self.workshop = workshop
        self.configuration = configuration
        self.state = state
        self.keys = keys
        self.advisories = advisories
    }

    private var publisher: FactoryPublisher {
        FactoryPublisher(workshop, configuration: configuration, key: keys.images)
    }

    package func round() -> FactoryRound {
        FactoryRound(
            pipeline: ImagePipeline(workshop), state: state, configuration: configuration,
            publisher: publisher,
            advisories: advisories, pending: pending)
    }

    /// The log of a package's build, by its place in the repository; nil where it is gone.
    package func log(at place: String) -> [UInt8]? {
        guard let repository = configuration.packages?.repository, let path = ImagePath(place) else {
            return nil
        }
        let folder = HostPath(repository).resolved(against: HostPath(configuration.file).parent)
        return try? HostDirectory.read(folder / path.text, limit: 64 << 20)
    }

    /// A round of packages, which comes before one of images; nil where the factory builds none.
    /// - Parameter log: is given what steps write.
    package func packageRound(log: @escaping @Sendable ([UInt8]) -> Void) -> PackageRound? {
        guard let packages = configuration.packages else { return nil }
        let plan = PackagePlan(
            workshop: workshop, records: state.records, packages: packages,
            folder: HostPath(configuration.file).parent)
        return PackageRound(
            plan: plan, forms: keys.forms, provenanceKey: keys.images, log: log, pending: pending)
    }
}
