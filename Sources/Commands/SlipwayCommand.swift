// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import Pipeline

/// `slipway`: the table of contents of the command line.
package struct SlipwayCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "slipway",
        abstract: "Container images that hold only what an application needs, proven and kept fresh.",
        discussion: """
            EXAMPLES
              slipway build Examples/redis/image.yaml -o out/redis
              slipway key generate
              slipway build Examples/redis/image.yaml -o out/redis --sign slipway.key
              slipway verify --key slipway.pub out/redis
              slipway why Examples/redis/image.yaml libssl3t64

            Exit codes: 0 ok; 1 no answer could be formed; 2 a check, test or gate said no;
            3 nothing said no, but something could not be checked.
            """,
        version: Slipway.version,
        groupedSubcommands: [
            CommandGroup(
                name: "Making images:",
                subcommands: [
                    BuildCommand.self, LockCommand.self, WhyCommand.self, TreeCommand.self,
                    ShowConfigCommand.self,
                    RunCommand.self, TestCommand.self,
                ]),
            CommandGroup(
                name: "Moving and signing them:",
                subcommands: [PushCommand.self, PullCommand.self, SignCommand.self, KeyCommand.self]),
            CommandGroup(
                name: "Looking into them:",
                subcommands: [
                    InspectCommand.self, SBOMCommand.self, VerifyCommand.self, ScanCommand.self,
                    CompareCommand.self,
                ]),
            CommandGroup(
                name: "Keeping them fresh:",
                subcommands: [FactoryCommand.self, RegistryCommand.self, CacheCommand.self]),
        ])

    package init() {}
}
