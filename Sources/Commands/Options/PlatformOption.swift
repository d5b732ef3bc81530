// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// The one platform that a command is about, where it is about one.
struct PlatformOption: ParsableArguments {
    @Option(
        name: .customLong("arch"), help: "Only this architecture (amd64, arm64, …).",
        completion: .list(Architecture.names))
    var architecture: String?

    /// Nil where none was given.
    func platform() throws -> Platform? {
        try architecture.map { try Architecture(argument: $0).platform }
    }

    /// This machine's where none was given.
    func platformOrOwn() throws -> Platform { try platform() ?? .ofThisMachine }
}

extension Architecture {
    /// What somebody wrote for an architecture on the command line.
    init(argument name: String) throws {
        guard let architecture = Architecture(name) else {
            throw ValidationError(
                "'\(name)' is no architecture; one of \(Architecture.names.joined(separator: ", "))")
        }
        self = architecture
    }
}
