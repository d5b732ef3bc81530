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
            Its output and its exit code are ours; --json prints them as facts when it has ended. Ctrl-C ends it and
            takes the container away.

            EXAMPLES
              slipway run out/redis -- /usr/bin/redis-server --version
              slipway run Examples/python3/image.yaml --tmpfs /tmp
              slipway run out/redis --json -- /usr/bin/redis-cli --version
            """)

    @Argument(help: "A definition, an OCI layout, an archive or a reference.", completion: .file())
    var image: String

    @Option(
        help: "A writable place in memory; may be given several times.")
    var tmpfs: [String] = []

    @Flag(help: "Give it the host's network.")
    var network = false

    @Flag(help: "For a definition: ask no network, build from the lock, the store and the caches alone.")
    var offline = false

    @OptionGroup var only: PlatformOption

    @Argument(
        parsing: .postTerminator, help: "The program and its arguments, instead of the image's own.")
    var command: [String] = []

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let order = ContainerOrder(
            image: image, command: command.isEmpty ? nil : command, tmpfs: tmpfs, network: network,
            platform: try only.platformOrOwn())
        try await session.run(offline: offline) { workshop in
            let terminal = session.terminal
            guard common.json else {
                let code = try await TestRun(workshop).stream(order) {
                    terminal.print($0)
                } errors: {
                    terminal.pass($0)
                }
                return ExitCode(code)
            }
            let result = try await TestRun(workshop).run(order)
            terminal.print(try CanonicalJSON.encodeForPeople(ContainerFacts(result)))
            return ExitCode(result.exit)
        }
    }
}
