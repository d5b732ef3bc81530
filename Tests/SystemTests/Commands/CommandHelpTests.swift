// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Commands
import TestHouse
import Testing

/// Help, completions, version: what a user meets first.
struct CommandHelpTests {
    struct Command: CustomStringConvertible {
        let words: [String]
        let type: any ParsableCommand.Type
        var description: String { words.joined(separator: " ") }
    }

    static let commands: [Command] = below(SlipwayCommand.self, ["slipway"])

    private static func below(_ type: any ParsableCommand.Type, _ words: [String]) -> [Command] {
        let configuration = type.configuration
        let children = configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands)
        return [Command(words: words, type: type)]
            + children.flatMap { below($0, words + [name(of: $0)]) }
    }

    private static func name(of type: any ParsableCommand.Type) -> String {
        type.configuration.commandName ?? "\(type)".lowercased()
    }

    private static func examples(_ command: Command) -> [String] {
        let lines = command.type.configuration.discussion.split(separator: "\n").map {
            $0.drop { $0 == " " }
        }
        return lines.drop { $0 != "EXAMPLES" }.dropFirst().prefix { $0.hasPrefix("slipway ") }.map(
            String.init)
    }

    @Test func everyCommandIsCounted() {
        #expect(Self.commands.count >= 30)
        for name in [
            "build", "push", "pull", "lock", "why", "tree", "show-config", "init", "schema", "run", "test",
            "inspect", "sign",
            "verify",
            "scan", "sbom", "compare", "key generate", "registry serve", "factory run", "factory once",
            "factory status",
            "factory why", "factory rollback", "factory release", "cache usage", "cache prune",
            "apk pack", "apk index", "apk sign", "apk verify", "apk show", "apk extract",
            "recipe init", "recipe check", "recipe compile", "recipe show",
            "deb pack", "deb index", "deb sign", "deb verify", "deb show", "deb extract",
        ] {
            #expect(Self.commands.contains { $0.description == "slipway \(name)" }, "\(name)")
        }
    }

    /// Every command shows at least one example, of itself, that its own parser takes.
    @Test(arguments: commands) func examplesAreTaken(_ command: Command) throws {
        let examples = Self.examples(command)
        #expect(!examples.isEmpty, "\(command) shows no example")
        for example in examples {
            #expect(example.hasPrefix("\(command) ") || example == "\(command)", "\(example)")
            let words = example.split(separator: " ").dropFirst().filter { !$0.hasPrefix(">") }.map(
                String.init)
            #expect(throws: Never.self, "\(example)") { try SlipwayCommand.parseAsRoot(words) }
        }
        #expect(!command.type.configuration.abstract.isEmpty)
    }

    /// Every command that prints facts prints them as JSON too.
    @Test(arguments: commands) func everyCommandTakesJSON(_ command: Command) {
        let isGroup = !command.type.configuration.subcommands.isEmpty || command.words.count == 1
        #expect(isGroup || command.type.helpMessage().contains("--json"))
    }

    @Test func helpAndVersionGoToStandardOutput() throws {
        let scene = try CommandScene()
        for line in ["slipway --help", "slipway build --help", "slipway help factory run", "slipway"] {
            let outcome = try scene.type(line)
            #expect(
                outcome.exit == 0 && outcome.stdout.contains("USAGE: slipway") && outcome.stderr == "",
                "\(line)")
        }
        #expect(try scene.type("slipway --version").stdout.contains(#/^[0-9]+\.[0-9]+\.[0-9]+\n$/#))
    }

    /// The scripts are good shell, and name the commands.
    @Test(arguments: ["bash", "zsh", "fish"]) func completions(_ shell: String) throws {
        let scene = try CommandScene()
        let outcome = try scene.type("slipway --generate-completion-script \(shell) | tee script")
        #expect(outcome.exit == 0 && outcome.stdout.contains("show-config"))
        if Tool.exists(shell) { try scene.scratch.sh("\(shell) -n script") }
    }

    @Test(.enabled(if: Tool.exists("bash"))) func bashCompletesCommandsAndOptions() throws {
        let scene = try CommandScene()
        let script = """
            slipway --generate-completion-script bash >script
            bash -c '. ./script
              complete_line() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
                COMPREPLY=(); _slipway slipway "${@: -1}" "${@: -2:1}"; printf "%s\\n" "${COMPREPLY[@]}"; }
              complete_line slipway sho
              complete_line slipway build --out'
            """
        let outcome = try scene.type(script)
        #expect(outcome.stdout.split(separator: "\n").contains("show-config"), "\(outcome)")
        #expect(outcome.stdout.split(separator: "\n").contains("--output"), "\(outcome)")
    }
}
