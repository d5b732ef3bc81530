// SPDX-License-Identifier: Apache-2.0

extension Keys {
    /// A user's or group's number; 2^32-1 means "none" to the kernel.
    static let identifiers: ClosedRange<Int64> = 0...4_294_967_294

    static let pathTypes = ["directory", "empty-file", "permissions", "symlink", "hardlink"]

    static let entrypoint = Keys(
        "'entrypoint'", "Entrypoint",
        [
            Key(
                "type", .word(["service-bundle"]), "Starts the services below the s6 supervisor.", .blank),
            Key("command", .arguments, "The program and its arguments.", .blank),
            Key("shell-fragment", .text, "A line for /bin/sh -c.", .blank),
            Key("services", .texts, "The command of each service, by its name."),
        ])

    static let accounts = Keys(
        "'accounts'", "Accounts",
        [
            Key(
                "run-as", .line, "A user's name or number, or USER:GROUP; root where nothing is said.", .blank
            ),
            Key("users", .list(.mapping(.user)), "Users that the image has.", join: .concatenate),
            Key("groups", .list(.mapping(.group)), "Groups that the image has.", join: .concatenate),
        ], removed: ["recursive": "it belongs to an item of 'paths'; remove it here"])

    static let user = Keys(
        "a user", "User",
        [
            Key("username", .line, "Its name.", .required),
            Key("uid", .integer(1...4_294_967_294), "Its number.", .required),
            Key("gid", .integer(identifiers), "Its group's number; that of the user where nothing is said."),
            Key("shell", .line, "Its shell.", .blank),
            Key("homedir", .line, "Its home; one below /home where nothing is said.", .blank),
        ])

    static let group = Keys(
        "a group", "Group",
        [
            Key("groupname", .line, "Its name.", .required),
            Key("gid", .integer(identifiers), "Its number.", .required),
            Key("members", .list(.line), "Users that belong to it."),
        ])

    static let path = Keys(
        "an item of 'paths'", "Path",
        [
            Key("path", .line, "The path inside the image.", .required),
            Key(
                "type", .word(pathTypes), "What is done.",
                .required),
            Key("source", .line, "What a link leads to.", .blank),
            Key("uid", .integer(identifiers), "Its owner; left as it is where neither uid nor gid is said."),
            Key("gid", .integer(identifiers), "Its group."),
            Key("permissions", .mode, "Its mode: 0o755; left as it is where nothing is said."),
            Key("recursive", .boolean, "Mode and owner for everything below it too."),
        ], removed: ["walk-dir": "it is called 'recursive' now"])

    static let file = Keys(
        "an item of 'files'", "File",
        [
            Key("path", .line, "The path inside the image.", .required),
            Key("source", .line, "A file below the definition's folder."),
            Key("content", .text, "The text itself."),
            Key("mode", .mode, "Its mode; 0o644 where nothing is said."),
            Key("uid", .integer(identifiers), "Its owner; 0 where nothing is said."),
            Key("gid", .integer(identifiers), "Its group; 0 where nothing is said."),
        ], choice: ["source", "content"])

    static let test = Keys(
        "a test", "Test",
        [
            Key("name", .line, "What it is called.", .required),
            Key("run", .arguments, "The container's process; the image's own where nothing is said."),
            Key(
                "exec", .list(.arguments), "Programs started beside it, each tried again until it passes."),
            Key("expect", .mapping(.expectation), "Of the last exec, or of run where there is none."),
            Key("within", .line, "The time for all of it: 30, 30s, 5m; 60s where nothing is said."),
            Key("tmpfs", .list(.line), "Directories in memory; absolute."),
            Key("network", .boolean, "Whether it has a network; false where nothing is said."),
            Key("with", .list(.line), "Static programs of the host, mounted for the test alone."),
        ])

    static let expectation = Keys(
        "'expect'", "Expectation",
        [
            Key("exit", .integer(0...255), "The exit status; 0 where nothing is said."),
            Key("stdout", .text, "A text that standard output holds."),
            Key("stderr", .text, "A text that standard error holds."),
        ])

    /// The whole of `factory.yaml`.
    static let factory = Keys(
        "the factory's configuration", "Factory",
        [
            Key("destination", .line, "The registry, and a prefix for names.", .required),
            Key("key", .line, "The file of the private key.", .required),
            Key("interval", .line, "Time between looks: 60s where nothing is said."),
            Key(
                "images", .list(.mapping(.factoryImage)),
                "The images that it makes; there must be some, or 'packages'."),
            Key(
                "packages", .mapping(.factoryPackages),
                "The packages that it builds from upstream's releases."),
        ])

    static let factoryPackages = Keys(
        "'packages'", "FactoryPackages",
        [
            Key("repository", .line, "The folder of the repository that they are published to.", .required),
            Key("key", .line, "The private key's file that signs .apk packages: NAME.rsa."),
            Key(
                "deb", .mapping(.factoryDebian), "Makes .deb packages too, or alone where there is no 'key'."),
            Key("recipes", .list(.line), "Recipes, or folders of them.", .required),
            Key("pipelines", .list(.line), "Folders of the project's own pipelines."),
            Key("upstream-interval", .line, "Time between looks at upstream: 15m where nothing is said."),
        ])

    static let factoryDebian = Keys(
        "'deb'", "FactoryDebian",
        [
            Key("suite", .line, "The suite that lists them; 'stable' where nothing is said."),
            Key("gpg-key", .line, "The key that signs its release, as gpg knows it.", .required),
            Key("gpg-home", .line, "gpg's own folder; the user's where nothing is said."),
        ])

    static let factoryImage = Keys(
        "an item of 'images'", "FactoryImage",
        [
            Key("definition", .line, "The definition's file.", .required),
            Key("tags", .list(.line), "Tags that it moves.", .required),
            Key("gates", .mapping(.gates), "What an image must pass."),
        ])

    static let gates = Keys(
        "'gates'", "Gates",
        [
            Key("max-size", .line, "Compressed bytes at most: 40M."),
            Key("no-setuid", .boolean, "No set-user-id files; true where nothing is said."),
            Key("no-shell", .boolean, "No shell; true where nothing is said."),
            Key("tests", .word(["required"]), "An untested image is never published."),
            Key("findings", .line, "What a scan may find."),
            Key("allow-untested", .list(.line), "Architectures whose tests may stay unrun."),
        ])
}
