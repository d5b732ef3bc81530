// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// A definition made of three answers: what packages, from where, and what starts. It is written for people: what
/// comes next is in its comments.
package struct FirstDefinition: Sendable {
    /// Lines of `contents.packages`.
    package var packages: [String]
    /// Lines of `contents.repositories`, and the keys of those that need one named.
    package var repositories: [String]
    package var keyring: [String]
    /// As a shell takes it; empty where the image starts nothing.
    package var command: String
    package var architecture: Architecture

    package init(
        packages: [String], repositories: [String], keyring: [String], command: String,
        architecture: Architecture
    ) {
        self.packages = packages
        self.repositories = repositories
        self.keyring = keyring
        self.command = command
        self.architecture = architecture
    }

    /// The text of `file`. Throws what is wrong with the answers, as if they stood in the file already.
    package func text(for file: String) throws(DefinitionError) -> [UInt8] {
        guard !packages.isEmpty else {
            throw DefinitionError([
                DefinitionProblem(
                    .missingKey("packages", in: "'contents'"),
                    at: SourceLocation(file: file, line: 1, column: 1))
            ])
        }
        let family = repositories.lazy.compactMap { try? RepositoryLine(parsing: $0).family }.first
        let own = FamilyLanguage.of(family)
        let lines =
            [
                "# Build it:    slipway build \(file) -o out/\(DefinitionReader.name(of: file))",
                "# Pin it:      slipway lock \(file)",
                "# All keys:    slipway schema", "contents:",
            ] + list("repositories", repositories) + list("keyring", keyring) + list("packages", packages) + [
                ""
            ] + (command.isEmpty ? [] : ["entrypoint:", "  command: \(YAMLText.quoted(command))", ""])
            + own.firstAccounts + [
                "", "archs: [\(YAMLText.quoted(architecture.platformName))]", "",
                "# What the finished image must do, in a real container: slipway test \(file)",
                "# tests:", "#   - name: says its version",
                "#     run: [\((words.first ?? "/usr/bin/program")), --version]", "#     expect: {exit: 0}",
            ]
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        _ = try DefinitionReader().read(bytes, file: file)
        return bytes
    }

    private var words: [String] { (try? ShellWords.split(command)) ?? [] }

    private func list(_ key: String, _ items: [String]) -> [String] {
        items.isEmpty ? [] : ["  \(key):"] + items.map { "    - \(YAMLText.quoted($0))" }
    }
}
