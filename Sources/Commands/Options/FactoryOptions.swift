// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Factory
internal import Vocabulary

/// Which factory a command means.
struct FactoryOptions: ParsableArguments {
    @Option(
        name: .customLong("config"), help: "The factory's own file.",
        completion: .file(extensions: ["yaml", "yml"]))
    var configuration = "factory.yaml"

    @Option(
        help: "Where its history is kept; below XDG_DATA_HOME where not said.", completion: .directory)
    var state: String?

    @Option(help: "Directory of OSV records to hold each build against.", completion: .directory)
    var advisories: String?

    var place: FactoryPlace {
        FactoryPlace(
            configuration: HostPath(configuration), state: state.map { HostPath($0) },
            advisories: advisories.map { HostPath($0) })
    }
}

/// One image of a factory.
struct FactoryImageArgument: ParsableArguments {
    @Argument(help: "The image's name.")
    var image: String
}

/// One tag of one image of a factory.
struct FactoryTagArguments: ParsableArguments {
    @OptionGroup var image: FactoryImageArgument

    @Argument(help: "The tag.")
    var tag: String
}
