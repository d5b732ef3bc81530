// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Factory
internal import Pipeline
internal import Vocabulary

/// `slipway factory …`
struct FactoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "factory", abstract: "Watch the repositories and rebuild exactly what differs.",
        discussion: """
            EXAMPLES
              slipway factory once --config Examples/factory.yaml
              slipway factory run --config Examples/factory.yaml
              slipway factory status --config Examples/factory.yaml
            """,
        subcommands: [Run.self, Once.self, Plan.self, Status.self, Why.self, RollBack.self, Release.self])

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go on until it is stopped, and serve the catalog.",
            discussion: """
                With --json each thing that a round did is one line of JSON.

                EXAMPLES
                  slipway factory run --config factory.yaml --catalog 127.0.0.1:8080
                  slipway factory run --config factory.yaml --catalog off --json
                """)

        @OptionGroup var factory: FactoryOptions

        @Option(help: "HOST:PORT of the catalog; 'off' serves none.")
        var catalog = "127.0.0.1:8080"

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let address = try CatalogAddress(option: catalog)
            try await session.run { workshop in
                try await FactoryLoop(
                    factory: try factory.place.open(workshop), catalog: address, session: session
                ).run()
                return .success
            }
        }
    }

    struct Once: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look at everything once: packages first, then images.",
            discussion: """
                Exit code 2 where a recipe's build or test failed, or a test or gate refused an image, else 1 where one could not be looked at or built.

                EXAMPLES
                  slipway factory once
                  slipway factory once --force redis
                """)

        @OptionGroup var factory: FactoryOptions

        @Option(
            help: "Build this recipe or image whatever was decided; may be given several times.")
        var force: [String] = []

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            try await session.run { workshop in
                let factory = try factory.place.open(workshop)
                let packages = try await session.packageRound(of: factory)?.run(forcing: Set(force)) ?? []
                let images = try await factory.round().run(forcing: Set(force))
                let outcome = OnceView(packages, images)
                try session.show(outcome) { outcome.lines }
                if packages.contains(where: \.isRefused)
                    || images.contains(where: { $0.record?.outcome == .refused })
                {
                    return .refused
                }
                return packages.contains(where: \.isUndecided) || images.contains(where: \.failed)
                    ? .failure : .success
            }
        }
    }

    struct Plan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show which packages a round would build, and why; nothing is asked or built.",
            discussion: """
                It needs no key, and may be asked while the factory runs.

                EXAMPLES
                  slipway factory plan --config Examples/musl/factory.yaml
                """)

        @OptionGroup var factory: FactoryOptions

        @Option(help: "As if this recipe were asked for; may be given several times.")
        var force: [String] = []

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            try await session.run { workshop in
                let results = try factory.place.plan(workshop)?.results(forcing: Set(force)) ?? []
                let lines = results.map { PackageRoundLine($0) }
                try session.show(lines) { lines.map(\.text) }
                return .success
            }
        }
    }
}
