// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway deb …`
struct DebCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deb", abstract: "Keep a private repository of Debian packages.",
        discussion: """
            EXAMPLES
              slipway deb pack out/hello -o repository/pool/main
              slipway deb index repository --suite stable --key packages@example.org
              slipway deb verify repository --keyring packages.gpg
            """,
        subcommands: [
            Pack.self, Index.self, Sign.self, Verify.self, Show.self, Extract.self,
        ])

    struct Pack: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a package of a folder with DEBIAN/control: the same bytes for the same folder.",
            discussion: """
                All entries get one time: SOURCE_DATE_EPOCH, or the newest in the folder. They are root's unless
                --keep-owners is given.

                EXAMPLES
                  slipway deb pack out/hello -o repository/pool/main
                """)

        @Argument(help: "The folder.", completion: .directory)
        var folder: String

        @OptionGroup var output: PackingOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let (folder, order) = (HostPath(folder), try output.order(session))
            try await session.run { workshop in
                let packed = try await DebianRepositoryRun(workshop).pack(folder, order: order)
                try session.show(packed) { [PackageViews.packed(packed)] }
                return .success
            }
        }
    }

    struct Index: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write Packages, Release and the signed InRelease of a folder of packages.",
            discussion: """
                What lies below pool/NAME is of the component NAME, all else of main. Only packages that are new
                are read: what the present indexes say of the others is kept where they are those of the last run and
                the package's file has not been touched. gpg signs; InRelease moves before Release, so that a run that
                is cut off is finished by the next. The date is SOURCE_DATE_EPOCH or now, and stays where nothing
                changes.

                EXAMPLES
                  slipway deb index repository --suite stable --key packages@example.org
                """)

        @Argument(
            help: "The repository: the folder that has, or gets, pool and dists.", completion: .directory)
        var root: String

        @OptionGroup var suite: SuiteOptions

        @Option(help: "Another codename than the suite's name.")
        var codename: String?

        @Option(help: "Who makes the repository.")
        var origin = "Local"

        @Option(help: "What it is; the origin where not given.")
        var label: String?

        @Flag(help: "Leave it without a signature: for tests, or where another machine signs.")
        var unsigned = false

        @OptionGroup var key: GPGOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let date = try session.sourceDateEpoch()
            let named = DebianRepositoryRun.Suite(
                name: suite.suite, codename: codename, origin: origin, label: label)
            let (root, signing) = (HostPath(root), unsigned ? nil : key.signing)
            try await session.run { workshop in
                let index = try await DebianRepositoryRun(workshop).index(
                    root, as: named, date: date, signing: signing)
                try session.show(index) { [PackageViews.indexed(index)] }
                return .success
            }
        }
    }

    struct Sign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign a suite's Release again, as it is.",
            discussion: """
                EXAMPLES
                  slipway deb sign repository --suite stable --key packages@example.org
                """)

        @Argument(help: "The repository.", completion: .directory)
        var root: String

        @OptionGroup var suite: SuiteOptions
        @OptionGroup var key: GPGOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let (root, suite, signing) = (HostPath(root), suite.suite, key.signing)
            try await session.run { workshop in
                let path = try await DebianRepositoryRun(workshop).sign(root, suite: suite, signing: signing)
                try session.show([path.text]) { ["signed \(path)"] }
                return .success
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Follow a repository's chain: signature, indexes, packages.",
            discussion: """
                EXAMPLES
                  slipway deb verify repository --keyring packages.gpg
                """)

        @Argument(help: "The repository.", completion: .directory)
        var root: String

        @Option(help: "Only this suite; all that the repository has where not given.")
        var suite: [String] = []

        @Option(help: "Whose signatures count: a keyring; may be given several times.", completion: .file())
        var keyring: [String]

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let (root, suite, keyring) = (HostPath(root), suite, keyring.map { HostPath($0) })
            try await PackageViews.verify(common) {
                try await DebianRepositoryRun($0).verify(root, suites: suite, keyrings: keyring)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a package says and holds.",
            discussion: """
                EXAMPLES
                  slipway deb show repository/pool/main/hello_1.0-1_amd64.deb
                """)

        @OptionGroup var package: PackageArgument
        @OptionGroup var common: CommonOptions

        func run() async throws {
            try await PackageViews.show(common, package.file) { try await DebianRepositoryRun($0).facts($1) }
        }
    }

    struct Extract: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Unpack a package's files into a new folder.",
            discussion: """
                Modes and times are kept, owners only where root unpacks. Nothing leaves the folder, and none of the
                package's scripts is run.

                EXAMPLES
                  slipway deb extract repository/pool/main/hello_1.0-1_amd64.deb -o hello
                """)

        @OptionGroup var package: PackageArgument
        @OptionGroup var target: ExtractingOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            try await target.extract(common, package.file) {
                try await DebianRepositoryRun($0).extract($1, to: $2)
            }
        }
    }
}

/// Which suite of a repository.
struct SuiteOptions: ParsableArguments {
    @Option(help: "The suite: the folder below dists, and the name in a definition's repository line.")
    var suite: String
}

/// With which key gpg signs.
struct GPGOptions: ParsableArguments {
    @Option(help: "The key as gpg knows it, by fingerprint or address; gpg's default key where not given.")
    var key: String?

    @Option(help: "gpg's own folder; GNUPGHOME or ~/.gnupg where not given.", completion: .directory)
    var gpgHome: String?

    var signing: DebianRepositoryRun.Signing { .init(key: key, home: gpgHome.map { HostPath($0) }) }
}
