// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Vocabulary

/// apko's options that add to a definition.
struct AdditionOptions: ParsableArguments {
    @Option(
        name: [.customShort("k"), .customLong("keyring-append")],
        help:
            "A key beside those of the definition's keyring; may be given several times, as the others too.",
        completion: .file())
    var keyring: [String] = []

    @Option(
        name: [.customShort("r"), .customLong("repository-append")],
        help: "A repository beside the definition's.")
    var repositories: [String] = []

    @Option(
        name: [.customShort("b"), .customLong("build-repository-append")],
        help: "The same, not written into the image.")
    var buildRepositories: [String] = []

    @Option(
        name: [.customShort("p"), .customLong("package-append")],
        help: "A package beside the definition's.")
    var packages: [String] = []

    @Option(
        name: [.customLong("annotation"), .customLong("annotations")],
        help: "NAME=VALUE (or NAME:VALUE): an annotation beside the definition's.")
    var annotations: [String] = []

    func validate() throws {
        if let odd = annotations.first(where: { Self.pair($0) == nil }) {
            throw ValidationError("'\(odd)' is no annotation; write NAME=VALUE")
        }
    }

    var additions: DefinitionAdditions {
        var additions = DefinitionAdditions()
        additions.keyring = keyring
        additions.repositories = repositories
        additions.buildRepositories = buildRepositories
        additions.packages = packages
        additions.annotations = Dictionary(
            annotations.compactMap(Self.pair), uniquingKeysWith: { _, last in last })
        return additions
    }

    /// Whichever of the two separators comes first.
    private static func pair(_ text: String) -> (String, String)? {
        guard let place = text.firstIndex(where: { $0 == "=" || $0 == ":" }), place > text.startIndex else {
            return nil
        }
        return (String(text[..<place]), String(text[text.index(after: place)...]))
    }
}
