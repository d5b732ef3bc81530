// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// What a package's metadata file may say (`slipway apk pack`).
extension Keys {
    static let packageMetadata = Keys(
        "the package's metadata", "PackageMetadata",
        [
            Key("name", .line, "The package's name.", .required),
            Key("version", .line, "With the release: 1.0.0-r0.", .required),
            Key("description", .line, "One line for people.", .required),
            Key("url", .line, "Where the program comes from."),
            Key("license", .line, "An SPDX expression."),
            Key("origin", .line, "The package that this one was made together with."),
            Key("arch", .line, "x86_64, aarch64, …; noarch fits any.", .required),
            Key("maintainer", .line, "Name and address of whoever keeps the package."),
            Key("dependencies", .mapping(.packageDependencies), "What it asks for and offers."),
            Key("scripts", .mapping(.packageScripts), "What a package manager runs; Slipway never does."),
        ])

    static let packageDependencies = Keys(
        "'dependencies'", "PackageDependencies",
        [
            Key("runtime", .list(.line), "What must be there too."),
            Key("provides", .list(.line), "Further names that it goes by."),
            Key("replaces", .list(.line), "Packages whose files it may take over."),
            Key("install-if", .list(.line), "What must be there for it to come by itself."),
            Key("provider-priority", .integer(priorities), "The highest provider of a name wins."),
            Key("replaces-priority", .integer(priorities), "The highest keeps a file that several have."),
        ])

    static let packageScripts = Keys(
        "'scripts'", "PackageScripts",
        PackageMetadata.ScriptKind.allCases.map { kind in
            kind == .trigger
                ? Key("trigger", .mapping(.packageTrigger), "Run when what it watches changes.")
                : Key(kind.rawValue, .text, "The whole script, with its #! line.")
        })

    static let packageTrigger = Keys(
        "'trigger'", "PackageTrigger",
        [
            Key("script", .text, "The whole script, with its #! line.", .required),
            Key("paths", .list(.line), "Absolute paths and patterns that it watches.", .required),
        ])

    static let priorities: ClosedRange<Int64> = 0...Int64(Int32.max)
}
