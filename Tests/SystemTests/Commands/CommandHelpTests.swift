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
        [Command(words: words, type: type)]
            + type.configuration.subcommands.flatMap { below($0, words + [name(of: $0)]) }
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

    /// A command that is written and not registered is none.
    @Test func everyCommandThatIsWrittenIsThere() throws {
        let lines = try Tool.sh(
            "grep -rhoE 'struct [A-Za-z]+: [A-Za-z]*ParsableCommand' '\(sourceRoot)/Sources/Commands'",
            in: "/")
        let written = String(decoding: lines, as: UTF8.self).split(separator: "\n").map {
            $0.drop { $0 != " " }.dropFirst().prefix { $0 != ":" }
        }
        #expect(written.count > 1)
        #expect(Self.commands.map { "\($0.type)" }.sorted() == written.map(String.init).sorted())
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

    @Test(arguments: ["bash", "zsh", "fish"]) func completionsNameTheCommands(_ shell: String) throws {
        let outcome = try CommandScene().type("slipway --generate-completion-script \(shell)")
        #expect(outcome.exit == 0)
        for command in Self.commands {
            #expect(outcome.stdout.contains(command.words[command.words.count - 1]), "\(command)")
        }
    }

    private func checkSyntax(_ shell: String) throws {
        let scene = try CommandScene()
        #expect(try scene.type("slipway --generate-completion-script \(shell) >script").exit == 0)
        try scene.scratch.sh("\(shell) -n script")
    }

    @Test(.enabled(if: Tool.exists("zsh"), "needs zsh")) func zshTakesItsScript() throws {
        try checkSyntax("zsh")
    }

    @Test(.enabled(if: Tool.exists("fish"), "needs fish")) func fishTakesItsScript() throws {
        try checkSyntax("fish")
    }

    @Test(.enabled(if: Tool.exists("bash"), "needs bash")) func bashCompletesCommandsAndOptions() throws {
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
