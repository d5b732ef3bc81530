// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway test DEFINITION-or-LAYOUT`
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run a definition's tests on its image, in a real container on each platform.",
        discussion: """
            Exit code 2 where a test failed, 3 where one could not run.

            EXAMPLES
              slipway test Examples/redis/image.yaml
              slipway test out/redis --definition Examples/redis/image.yaml
            """)

    @Argument(help: "A definition, an OCI layout, an archive or a reference.", completion: .file())
    var image: String

    @Option(
        help: "For an image: the definition whose tests to run.",
        completion: .file(extensions: ["yaml", "yml"]))
    var definition: String?

    @OptionGroup var locking: LockingOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let options = try locking.options(session)
        try await session.run(offline: locking.offline) { workshop in
            let reports = try await TestRun(workshop).test(
                image, definition: definition.map { HostPath($0) }, options)
            try session.show(reports) { reports.flatMap(TestReportView(session.terminal).lines) }
            if reports.contains(where: { $0.outcome == .failed }) { return .refused }
            return reports.allSatisfy { $0.outcome == .passed } && !reports.isEmpty ? .success : .unchecked
        }
    }
}
