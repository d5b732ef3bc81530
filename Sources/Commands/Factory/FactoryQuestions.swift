// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Factory
internal import Pipeline
internal import Vocabulary

/// What a factory's history answers, while it runs too.
extension FactoryCommand {
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show each image, its tags and its last rebuild.",
            discussion: """
                EXAMPLES
                  slipway factory status
                  slipway factory status --config Examples/factory.yaml --json
                """)

        @OptionGroup var factory: FactoryOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            try await session.run { workshop in
                let status = try FactoryView(try factory.place.history(workshop), now: workshop.now())
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

        @OptionGroup var image: FactoryImageArgument
        @OptionGroup var factory: FactoryOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            try await session.run { workshop in
                let causes = try CauseView(try factory.place.history(workshop), of: image.image)
                try session.show(causes) { causes.lines }
                return .success
            }
        }
    }
}
