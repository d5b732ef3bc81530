// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway why DEFINITION PACKAGE`
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Say why a package is in an image, or why it is not.",
        discussion: """
            Exit code 2 where it is in the image of no architecture.

            EXAMPLES
              slipway why Examples/redis/image.yaml liblzf1
              slipway why Examples/redis/image.yaml adduser
            """)

    @OptionGroup var definition: DefinitionArgument

    @Argument(help: "A package's name.")
    var package: String

    @OptionGroup var locking: LockingOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let options = try locking.options(session)
        guard let name = PackageName(package) else {
            throw ValidationError("'\(package)' is no package's name")
        }
        try await session.run(offline: locking.offline) { workshop in
            let reasons = try await ImagePipeline(workshop).explain(name, in: definition.path, options)
            try session.show(reasons) {
                reasons.map { "\($0.architecture): \($0.text)" }
            }
            return reasons.contains(where: \.isPresent) ? .success : .refused
        }
    }
}
