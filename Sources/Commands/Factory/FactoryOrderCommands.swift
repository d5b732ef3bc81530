// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Factory
internal import Pipeline
internal import Vocabulary

/// What an operator may decide against the factory's own judgement.
extension FactoryCommand {
    struct RollBack: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rollback", abstract: "Move a tag back to the digest before, and hold it there.",
            discussion: """
                EXAMPLES
                  slipway factory rollback redis 8
                """)

        @OptionGroup var what: FactoryTagArguments

        @Option(
            help: "A published digest to go back to; the one before where not given.")
        var to: String?

        @OptionGroup var factory: FactoryOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let (image, tag) = (what.image.image, what.tag)
            let digest = try to.map { try Digest($0) }
            try await session.run { workshop in
                let orders = try factory.place.orders(workshop)
                let moved = try await orders.rollBack(image, tag: tag, to: digest)
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

        @OptionGroup var what: FactoryTagArguments
        @OptionGroup var factory: FactoryOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let (image, tag) = (what.image.image, what.tag)
            try await session.run { workshop in
                let moved = try await factory.place.orders(workshop).release(image, tag: tag)
                try session.show(moved) { ["\(image):\(tag) → \(moved.digest)"] }
                return .success
            }
        }
    }
}
