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
        commandName: "registry", abstract: "Serve images to this machine.",
        discussion: """
            EXAMPLES
              slipway registry serve
            """, subcommands: [Serve.self])

    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a registry for push, pull, referrers and tags, on loopback alone.",
            discussion: """
                It goes on until Ctrl-C. With --json it prints one line when it listens: address, port and directory.

                EXAMPLES
                  slipway registry serve
                  slipway registry serve --listen 127.0.0.1:5001 --root out/registry
                """)

        @Option(
            help: "HOST:PORT, loopback only; port 0 takes a free one.")
        var listen = "127.0.0.1:5000"

        @Option(
            help: "Where it keeps what it was given; below XDG_DATA_HOME where not said.",
            completion: .directory)
        var root: String?

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let address = try LoopbackAddress(listen)
            try await session.run { workshop in
                let place = root.map { HostPath($0) } ?? workshop.registryRoot
                let server = try RegistryServer(root: place, logger: workshop.logger)
                try await server.run(listen: address) { port in
                    session.announce(Listening(host: address.host, port: port, root: place.text)) {
                        "serving \(place) on http://\(address.host):\(port); Ctrl-C ends it"
                    }
                }
                return .success
            }
        }

        private struct Listening: Encodable {
            var host: String
            var port: Int
            var root: String
        }
    }
}
