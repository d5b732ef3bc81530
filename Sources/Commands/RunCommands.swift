// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway run DEFINITION-or-LAYOUT`
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Start an image in a real container: read-only, without network or privileges.",
        discussion: """
            EXAMPLES
              slipway run out/redis -- /usr/bin/redis-server --version
              slipway run Examples/python3/image.yaml --tmpfs /tmp
            """)

    @Argument(help: "A definition or an OCI layout.")
    var image: String

    @Option(help: "A writable place in memory; may be given several times.")
    var tmpfs: [String] = []

    @Flag(help: "Give it the host's network.")
    var network = false

    @Option(name: .customLong("arch"), help: "Which platform; this machine's where not given.")
    var architecture: String?

    @Argument(parsing: .postTerminator, help: "The program and its arguments, instead of the image's own.")
    var command: [String] = []

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let order = ContainerOrder(
            image: image, command: command.isEmpty ? nil : command, tmpfs: tmpfs, network: network,
            platform: try architecture.map(platform) ?? .ofThisMachine)
        try await session.run { workshop in
            let result = try await TestRun(workshop).run(order)
            session.terminal.print(result.stdout)
            if !result.stderr.isEmpty { session.terminal.say(String(decoding: result.stderr, as: UTF8.self)) }
            return ExitCode(result.exit)
        }
    }
}

/// `slipway test DEFINITION-or-LAYOUT`
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run a definition's tests on its image, in a real container on each platform.",
        discussion: """
            EXAMPLES
              slipway test Examples/redis/image.yaml
              slipway test out/redis --definition Examples/redis/image.yaml
            """)

    @Argument(help: "A definition or an OCI layout.")
    var image: String

    @Option(help: "For a layout: the definition whose tests to run.")
    var definition: String?

    @OptionGroup var building: BuildingOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let options = try building.options(session)
        let (image, definition) = (image, definition.map { HostPath($0) })
        try await session.run { workshop in
            let reports = try await TestRun(workshop).test(image, definition: definition, options)
            try session.show(reports) { reports.flatMap(TestReportView(session.terminal).lines) }
            if reports.contains(where: { $0.outcome == .failed }) { return .refused }
            return reports.allSatisfy { $0.outcome == .passed } && !reports.isEmpty ? .success : .unchecked
        }
    }
}
