// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway scan IMAGE`
struct ScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Hold an image's packages against advisories.",
        discussion: """
            Reads OSV records from a directory whose coverage.json says what they cover. What they do not cover is
            counted and named; it never reads as clean (exit code 3). Findings: exit code 2.

            EXAMPLES
              slipway scan out/redis --advisories Examples/advisories
              slipway scan 127.0.0.1:5000/redis:8 --advisories Examples/advisories --arch amd64 --json
            """)

    @OptionGroup var image: ImageArgument

    @Option(help: "Directory of OSV records.", completion: .directory)
    var advisories: String

    @OptionGroup var only: PlatformOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let platform = try only.platform()
        try await session.run { workshop in
            let scans = try await InspectionRun(workshop).scan(
                image.image, platform: platform, advisories: HostPath(advisories))
            try session.show(scans) { scans.flatMap(FindingsView.lines) }
            if scans.contains(where: { !$0.findings.findings.isEmpty }) { return .refused }
            return scans.allSatisfy(\.findings.isComplete) && !scans.isEmpty ? .success : .unchecked
        }
    }
}
