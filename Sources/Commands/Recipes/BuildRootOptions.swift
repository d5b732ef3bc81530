// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// melange's options that add to the image in which a recipe is built.
struct BuildRootOptions: ParsableArguments {
    @Option(
        name: [.customShort("k"), .customLong("keyring-append")],
        help:
            "A key beside those of the recipe's keyrings; may be given several times, as the others too.",
        completion: .file())
    var keyring: [String] = []

    @Option(
        name: [.customShort("r"), .customLong("repository-append")],
        help:
            "A repository beside the recipe's: for build root, sysroot and tests, whichever are of its family."
    )
    var repositories: [String] = []

    @Option(
        name: [.customShort("p"), .customLong("package-append")], help: "A package in the build root.")
    var packages: [String] = []

    @Flag(help: "Accept repositories without a signature. Loud.")
    var allowUnsigned = false

    var options: BuildOptions {
        var options = BuildOptions()
        options.allowUnsigned = allowUnsigned
        options.additions.keyring = keyring
        options.additions.repositories = repositories
        options.additions.packages = packages
        return options
    }
}
