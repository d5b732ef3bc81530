// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Vocabulary

/// The definition that a command is about.
struct DefinitionArgument: ParsableArguments {
    @Argument(help: "The definition, a YAML file.", completion: .file(extensions: ["yaml", "yml"]))
    var definition: String

    var path: HostPath { HostPath(definition) }
}
