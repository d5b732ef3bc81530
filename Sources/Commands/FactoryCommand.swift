// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Factory
internal import Pipeline
internal import Vocabulary

/// `slipway factory …`
struct FactoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "factory", abstract: "Watch the repositories and rebuild exactly what differs.",
        subcommands: [Run.self, Once.self, Status.self, Why.self, RollBack.self, Release.self])

    struct Place: ParsableArguments {
        @Option(name: .customLong("config"), help: "The factory's own file.")
        var configuration = "factory.yaml"

        @Option(help: "Where its history is kept; below XDG_DATA_HOME where not said.")
        var state: String?

        @Option(help: "Directory of OSV records to hold each build against.")
        var advisories: String?

        var place: FactoryPlace {
            FactoryPlace(
                configuration: HostPath(configuration), state: state.map { HostPath($0) },
                advisories: advisories.map { HostPath($0) })
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go on until it is stopped, and serve the catalog.",
            discussion: """
                EXAMPLES
                  slipway factory run --config factory.yaml --catalog 127.0.0.1:8080
                """)

        @OptionGroup var place: Place

        @Option(help: "HOST:PORT of the catalog; 'off' serves none.")
        var catalog = "127.0.0.1:8080"

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let (place, catalog) = (place.place, catalog)
            try await session.run { workshop in
                try await FactoryLoop(factory: try place.open(workshop), catalog: catalog, session: session)
                    .run()
                return .success
            }
        }
    }

    struct Once: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look at everything once.",
            discussion: """
                EXAMPLES
                  slipway factory once
                  slipway factory once --force redis
                """)

        @OptionGroup var place: Place

        @Option(help: "Build this image whatever was decided; may be given several times.")
        var force: [String] = []

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let (place, force) = (place.place, Set(force))
            try await session.run { workshop in
                let factory = try place.open(workshop)
                let results = try await factory.round().run(forcing: force)
                try session.show(results.map { RoundLine($0) }) { results.map { RoundLine($0).text } }
                let bad = results.contains { $0.record?.outcome == .refused || $0.record?.outcome == .failed }
                return bad ? .refused : .success
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show each image, its tags and its last rebuild.",
            discussion: """
                EXAMPLES
                  slipway factory status
                """)

        @OptionGroup var place: Place
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let place = place.place
            try await session.run { workshop in
                let history = try place.history(workshop)
                let status = try FactoryView(history, now: workshop.now())
                try session.show(status) { status.lines }
                return .success
            }
        }
    }

    struct Why: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say why an image was rebuilt: index, package, lock difference, image.",
            discussion: """
                EXAMPLES
                  slipway factory why redis
                """)

        @Argument(help: "The image's name.")
        var image: String

        @OptionGroup var place: Place
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let (place, image) = (place.place, image)
            try await session.run { workshop in
                let records = try CauseView(try place.history(workshop), of: image)
                try session.show(records) { records.lines }
                return .success
            }
        }
    }

    struct RollBack: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rollback", abstract: "Move a tag back to the digest before, and hold it there.",
            discussion: """
                EXAMPLES
                  slipway factory rollback redis 8
                """)

        @Argument(help: "The image's name.")
        var image: String

        @Argument(help: "The tag.")
        var tag: String

        @Option(help: "A published digest to go back to; the one before where not given.")
        var to: String?

        @OptionGroup var place: Place
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let (place, image, tag) = (place.place, image, tag)
            let digest = try to.map { try Digest($0) }
            try await session.run { workshop in
                let moved = try await place.open(workshop).orders().rollBack(image, tag: tag, to: digest)
                try session.show(moved) { ["\(image):\(tag) → \(moved.digest), held"] }
                return .success
            }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let rebuilds move a held tag again.",
            discussion: """
                EXAMPLES
                  slipway factory release redis 8
                """)

        @Argument(help: "The image's name.")
        var image: String

        @Argument(help: "The tag.")
        var tag: String

        @OptionGroup var place: Place
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let (place, image, tag) = (place.place, image, tag)
            try await session.run { workshop in
                let moved = try await place.open(workshop).orders().release(image, tag: tag)
                try session.show(moved) { ["\(image):\(tag) → \(moved.digest)"] }
                return .success
            }
        }
    }
}
