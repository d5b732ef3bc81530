// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import Logging
internal import Pipeline
internal import RegistryServer
internal import Vocabulary

/// `slipway registry …`
struct RegistryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry", abstract: "Serve images to this machine.", subcommands: [Serve.self])

    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a registry for push, pull, referrers and tags, on loopback alone.",
            discussion: """
                EXAMPLES
                  slipway registry serve
                  slipway registry serve --listen 127.0.0.1:5001 --root out/registry
                """)

        @Option(help: "HOST:PORT, loopback only; port 0 takes a free one.")
        var listen = "127.0.0.1:5000"

        @Option(help: "Where it keeps what it was given; below XDG_DATA_HOME where not said.")
        var root: String?

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let (listen, root) = (listen, root)
            try await session.run { workshop in
                let place = root.map { HostPath($0) } ?? workshop.registryRoot
                let server = try RegistryServer(root: place, logger: workshop.logger)
                try await server.run(listen: listen) { port in
                    session.terminal.say("serving \(place) on port \(port); Ctrl-C ends it")
                }
                return .success
            }
        }
    }
}
