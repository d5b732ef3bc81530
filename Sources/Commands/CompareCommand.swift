// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway compare A B`
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Hold two images side by side: size, packages, files, age, shells, findings.",
        discussion: """
            Each is a reference, an OCI layout, an archive or rootfs:DIR. Age counts from the end of the build that an
            image's provenance tells of; where it has none, from its own date (its
            configuration, or its newest file). Without --advisories
            findings are unknown; with them, exit code 3 where one side's scan could not cover everything.

            EXAMPLES
              slipway compare out/redis rootfs:out/conventional --arch amd64
              slipway compare out/redis docker.tar --advisories Examples/advisories --json
            """)

    @Argument(help: "The one.", completion: .directory)
    var first: String

    @Argument(help: "The other.", completion: .directory)
    var second: String

    @OptionGroup var only: PlatformOption

    @Option(help: "Directory of OSV records; without it findings are unknown.", completion: .directory)
    var advisories: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let platform = try only.platformOrOwn()
        try await session.run { workshop in
            let comparison = try await InspectionRun(workshop).compare(
                first, second, platform: platform, advisories: advisories.map { HostPath($0) })
            try session.show(comparison) { ComparisonView.lines(comparison) }
            return comparison.isUnchecked ? .unchecked : .success
        }
    }
}
