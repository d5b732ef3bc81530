// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension Keys {
    /// The whole of a definition: apko's keys and Slipway's own (`files`, `tests`, `contents.keep`, `contents.drop`).
    static let definition = Keys(
        "the definition", "Definition",
        [
            Key(
                "include", .line,
                "Another definition's file that this one adds to: lists are joined, its own values win.",
                .blank,
                deprecation:
                    "apko will remove it; 'slipway show-config' prints the whole definition, which needs none"
            ),
            Key("contents", .mapping(.contents), "What the image holds.", join: .within),
            Key(
                "entrypoint", .either(.mapping(.entrypoint), .arguments),
                "What the container starts: arguments, or a mapping as apko has it."),
            Key("cmd", .arguments, "Arguments for the entrypoint that a user may replace.", .blank),
            Key("work-dir", .line, "The directory that the container starts in; absolute.", .blank),
            Key("stop-signal", .line, "The signal that asks the container to end: SIGQUIT, QUIT, 3.", .blank),
            Key("environment", .texts, "Environment variables.", join: .merge),
            Key(
                "accounts", .mapping(.accounts), "Users, groups, and who the container runs as.",
                join: .within),
            Key(
                "paths", .list(.mapping(.path)), "Changes to the finished tree, in order.", join: .concatenate
            ),
            Key(
                "files", .list(.mapping(.file)), "Files of your own (Slipway's key).",
                join: .concatenate),
            Key("volumes", .list(.line), "Mount points of volumes; absolute.", join: .concatenate),
            Key(
                "certificates", .mapping(.certificates),
                "CA certificates that every bundle of the image gets."),
            Key("annotations", .texts, "Annotations of index, manifests and configuration.", join: .merge),
            Key(
                "vcs-url", .line, "Where the definition is kept, as URL@REVISION; becomes annotations.",
                .blank),
            Key(
                "archs", .list(.word(architectureNames)),
                "Architectures to make the image for. Without it: amd64 for Debian packages, all nine for Alpine's, as in apko."
            ),
            Key(
                "layering", .mapping(.layering),
                "How the packages are spread over layers; one layer without it."),
            Key(
                "apko-json", .boolean,
                "Write the definition into the image as /etc/apko.json, as apko does (Slipway's key).", .blank
            ),
            Key("format", .word(["tar"]), "How layers are written.", .blank),
            Key(
                "tests", .list(.mapping(.test)), "What the finished image must do (Slipway's key).",
                join: .concatenate),
        ],
        removed: [
            "os-release":
                "apko removed it: /etc/os-release comes from a package, as wolfi-baselayout or alpine-release; use 'files' for your own",
            "options": "apko removed it: write the packages of the option under 'contents.packages'",
            "labels": "write them under 'annotations': they become labels too",
            "user": "write it as 'accounts: {run-as: …}'",
        ])

    /// Every name that some family has for an architecture.
    private static let architectureNames: [String] = {
        var seen: Set<String> = []
        return (Architecture.names + Architecture.alpineNames + Architecture.ociNames).filter {
            seen.insert($0).inserted
        }
    }()

    static let contents = Keys(
        "'contents'", "Contents",
        [
            Key(
                "build_repositories", .list(.line),
                "Repositories for building alone: not written into the image.",
                join: .concatenate),
            Key(
                "repositories", .list(.line),
                "Where packages come from: 'deb system SUITE COMPONENT…', 'deb [signed-by=FILE] URL SUITE COMPONENT…', or an Alpine repository's URL or folder, with '@tag' before it or without.",
                join: .concatenate),
            Key(
                "runtime_repositories", .list(.line),
                "Only written into the image, for its own package manager.",
                join: .concatenate),
            Key(
                "keyring", .list(.line),
                "Public keys that the repositories' signatures are checked with: files or URLs.",
                join: .concatenate),
            Key(
                "runtime_keyring", .list(.mapping(.namedText)),
                "Keys for the image's own package manager; the build does not trust them.", join: .concatenate
            ),
            Key(
                "packages", .list(.line),
                "What the image needs: name, name=1.2-r0, name>=1.2, name~1.2, name@tag, !name.",
                join: .concatenate),
            Key(
                "keep", .list(.line),
                "Packages that Slipway's lists would leave out and this image keeps (Slipway's key).",
                join: .concatenate),
            Key(
                "drop", .list(.line), "Packages that this image does without (Slipway's key).",
                join: .concatenate),
            Key("baseimage", .mapping(.baseImage), "An image in a folder on which this one stands."),
        ],
        removed: ["base-image": "it is called 'baseimage' now"])

    static let namedText = Keys(
        "an item with name and content", "NamedText",
        [
            Key("name", .line, "A file's name: letters, digits, '_', '-' and '.'.", .required),
            Key("content", .text, "The text, in PEM form.", .required),
        ])

    static let baseImage = Keys(
        "'baseimage'", "BaseImage",
        [
            Key("image", .line, "The folder of the image, an OCI layout.", .required),
            Key(
                "apkindex", .line,
                "The folder with an APKINDEX of what is installed in it, below the architecture's name.",
                .required
            ),
        ])

    static let certificates = Keys(
        "'certificates'", "Certificates",
        [
            Key("additional", .list(.mapping(.namedText)), "Certificates, each a name and one PEM text."),
            Key("providers", .list(.line), "Names that packages provide whose certificates are taken."),
        ])

    static let budgets: ClosedRange<Int64> = 0...1_000_000

    static let layering = Keys(
        "'layering'", "Layering",
        [
            Key("strategy", .word(["origin"]), "By what packages share a layer.", .blank),
            Key("budget", .integer(budgets), "The number of such layers at most."),
        ])
}
