// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway lock DEFINITION`
struct LockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Resolve a definition and write its lock beside it.",
        discussion: """
            Writes F.lock.json for F.yaml: every package of every architecture with its digest and the reason why it
            is there. 'slipway build' then makes the same image anywhere, until the definition changes.
            With --format apko the file is apko's own, for Alpine packages; 'slipway build' reads it too.

            EXAMPLES
              slipway lock Examples/redis/image.yaml
              slipway lock Examples/redis/image.yaml --json
              slipway lock image.apko.yaml --format apko
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case slipway, apko }

    @OptionGroup var definition: DefinitionArgument

    @Option(help: "Whose lock to write: slipway or apko.")
    var format = Format.slipway
    @OptionGroup var resolving: ResolvingOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let options = try resolving.options(session)
        let format = format
        try await session.run { workshop in
            if format == .apko {
                let (lock, file) = try await ImagePipeline(workshop).writeApkoLock(definition.path, options)
                if session.options.json {
                    session.terminal.print(lock.encode())
                } else {
                    session.terminal.print("wrote \(file)")
                }
                return .success
            }
            let (lock, changes, file) = try await ImagePipeline(workshop).writeLock(definition.path, options)
            try session.show(lock) {
                changes.map { "\($0.architecture)  \($0.name)  \($0.old ?? "–") → \($0.new ?? "–")" }
                    + ["wrote \(file)\(changes.isEmpty ? ": nothing changed" : "")"]
            }
            return .success
        }
    }
}
