// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import Pipeline
internal import Vocabulary

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

            Completions for your shell:
              bash  slipway --generate-completion-script bash >~/.local/share/bash-completion/completions/slipway
              zsh   slipway --generate-completion-script zsh >~/.zfunc/_slipway    (a directory in your fpath)
              fish  slipway --generate-completion-script fish >~/.config/fish/completions/slipway.fish
            """,
        version: Slipway.version,
        groupedSubcommands: [
            CommandGroup(
                name: "Making images:",
                subcommands: [
                    BuildCommand.self, LockCommand.self, WhyCommand.self, TreeCommand.self,
                    ShowConfigCommand.self, SchemaCommand.self, InitCommand.self,
                    RunCommand.self, TestCommand.self,
                ]),
            CommandGroup(
                name: "Moving and signing them:",
                subcommands: [PushCommand.self, PullCommand.self, SignCommand.self, KeyCommand.self]),
            CommandGroup(
                name: "Making and keeping packages:",
                subcommands: [RecipeCommand.self, ApkCommand.self, DebCommand.self]),
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

    /// Reads the command line, runs what it says, and exits.
    package static func runAndExit() async -> Never {
        // Whoever stops reading (`| head`) must not kill a build halfway: what is written to nobody is dropped.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Glibc.exit(report(error))
        }
        Glibc.exit(0)
    }

    /// Says what is wrong with a command line, or the help that it asked for; the code to exit with.
    private static func report(_ error: any Error) -> Int32 {
        if let code = error as? ExitCode { return code.rawValue }
        let terminal = Terminal.current(environment: ProcessInfo.processInfo.environment)
        if let error = error as? ValidationError {
            terminal.fail(error.message)
            return ExitCode.failure.rawValue
        }
        if let stranger = unknownCommand() {
            terminal.fail(stranger)
            return ExitCode.failure.rawValue
        }
        let text = fullMessage(for: error)
        if exitCode(for: error).isSuccess {
            terminal.print(text)
            return 0
        }
        let label = "Error: "
        terminal.fail(text.hasPrefix(label) ? String(text.dropFirst(label.count)) : text)
        return ExitCode.failure.rawValue
    }

    /// What to say where the first word of the command line is no command.
    private static func unknownCommand() -> String? {
        guard let word = CommandLine.arguments.dropFirst().first, !word.hasPrefix("-"), word != "help" else {
            return nil
        }
        let known = configuration.groupedSubcommands.flatMap(\.subcommands).map { $0._commandName }
        guard !known.contains(word) else { return nil }
        let nearest = EditDistance.nearest(to: word, among: known).map { "; did you mean '\($0)'?" } ?? ";"
        return "there is no command '\(word)'\(nearest) 'slipway --help' lists them all"
    }
}
