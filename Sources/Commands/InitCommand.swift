// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Glibc
internal import Pipeline
internal import Vocabulary

/// `slipway init [FILE]`
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Ask three questions and write a definition that builds.",
        discussion: """
            What the options answer is not asked. Nothing is overwritten.

            EXAMPLES
              slipway init
              slipway init redis.yaml --package redis-server --command /usr/bin/redis-server
              slipway init nginx.yaml --package nginx --repository https://apk.example.org/os --keyring own.rsa.pub
            """)

    @Argument(help: "The file to write.", completion: .file(extensions: ["yaml", "yml"]))
    var file = "image.yaml"

    @Option(help: "A package that the image needs; may be given several times.")
    var package: [String] = []

    @Option(help: "What the image starts, as a shell takes it.")
    var command: String?

    @Option(
        help:
            "Where packages come from: a 'deb' line, or an Alpine repository's URL or folder. Several times.")
    var repository: [String] = []

    @Option(
        help:
            "The public key of an Alpine repository, a file or a URL; without it the definition does not build. May be given several times."
    )
    var keyring: [String] = []

    @OptionGroup var common: CommonOptions

    private static let usualRepository = "deb system trixie main"

    func run() async throws {
        let session = Session(common)
        let questions = Questions(session: session)
        let packages =
            package.isEmpty
            ? try questions.ask("Which packages does the image need?", option: "--package").words : package
        let command =
            try self.command
            ?? questions.ask(
                "What does it start? (nothing: just press return)", option: "--command", other: "")
        var sources = repository
        var keys = keyring
        if sources.isEmpty {
            let answer = try questions.ask(
                "Where do packages come from? (for Alpine's: URL or folder, a blank, and the key's URL or file)",
                option: "--repository", other: Self.usualRepository)
            let isDebian = answer.words.first == "deb"
            sources = isDebian ? [answer] : Array(answer.words.prefix(1))
            if !isDebian { keys += answer.words.dropFirst() }
        }
        let answers = (sources: sources, keys: keys)
        let path = HostPath(file)
        try await session.run { _ in
            let name = try Language.begin(
                path, packages: packages, repositories: answers.sources, keyring: answers.keys,
                command: command)
            try session.show(["definition": path.text]) {
                ["wrote \(path); next: slipway build \(path) -o out/\(name)"]
            }
            return .success
        }
    }

    /// Questions to whoever sits at the terminal. Where nobody does, what has an answer of its own is not asked.
    private struct Questions {
        let session: Session

        func ask(_ question: String, option: String, other: String? = nil) throws -> String {
            guard isatty(STDIN_FILENO) == 1 else {
                if let other { return other }
                throw ValidationError("nobody is here to ask: say \(option)")
            }
            while true {
                let hint = other.map { $0.isEmpty ? "" : " [\($0)]" } ?? ""
                session.terminal.say("\(question)\(hint)")
                guard let line = readLine() else { throw ExitCode.interrupted }
                let answer = String(line.trimming { $0 == " " || $0 == "\t" })
                if !answer.isEmpty { return answer }
                if let other { return other }
            }
        }
    }
}

extension String {
    fileprivate var words: [String] { split { " ,\t".contains($0) }.map(String.init) }

    fileprivate func trimming(_ isBlank: (Character) -> Bool) -> Substring {
        var rest = drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}
