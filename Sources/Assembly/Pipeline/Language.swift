// SPDX-License-Identifier: Apache-2.0

internal import Defining
internal import Storage
package import Vocabulary

/// What there is to know of the language of definitions.
package enum Language {
    /// JSON Schema, draft 2020-12.
    package static var definitionSchema: JSONValue { LanguageSchema.definition }
    package static var recipeSchema: JSONValue { LanguageSchema.recipe }
    package static var factorySchema: JSONValue { LanguageSchema.factory }

    /// Writes a first definition; the file must not be there yet.
    /// - Returns: the definition's name.
    /// - Throws: `DefinitionError` where an answer is none; `PipelineError.definitionExists`; `StorageError`.
    package static func begin(
        _ path: HostPath, packages: [String], repositories: [String], keyring: [String], command: String
    ) throws -> String {
        guard try !HostDirectory.exists(path) else { throw PipelineError.definitionExists(path) }
        let own = Architecture.all.first { $0.platform == .ofThisMachine } ?? .amd64
        let bytes = try FirstDefinition(
            packages: packages, repositories: repositories, keyring: keyring, command: command,
            architecture: own
        ).text(for: path.text)
        guard try AtomicFile.create(path, with: bytes) else { throw PipelineError.definitionExists(path) }
        return DefinitionReader.name(of: path.text)
    }
}
