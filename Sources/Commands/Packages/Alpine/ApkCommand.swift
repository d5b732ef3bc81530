// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway apk …`
struct ApkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apk", abstract: "Keep a private repository of Wolfi or Alpine packages.",
        discussion: """
            'slipway key generate --type rsa' makes the key that signs.

            EXAMPLES
              slipway apk pack out/hello --metadata hello.yaml --key packages.rsa -o packages/x86_64
              slipway apk index packages/x86_64 --key packages.rsa
              slipway apk verify --key packages.rsa.pub packages/x86_64/APKINDEX.tar.gz
            """,
        subcommands: [
            Pack.self, Index.self, Sign.self, Verify.self, Show.self, Extract.self,
        ])

    struct Pack: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a package of a folder: the same bytes for the same folder.",
            discussion: """
                The folder becomes the package's root. All entries get one time: SOURCE_DATE_EPOCH, or the newest in the
                folder. They are root's unless --keep-owners is given. The metadata file:

                  name: hello
                  version: 1.0.0-r0
                  arch: x86_64                 # or noarch
                  description: says hello
                  license: MIT                 # further: url, origin, maintainer
                  dependencies:
                    runtime: [so:libc.so.6]    # further: provides, replaces, install-if, provider-priority,
                                               # replaces-priority
                  scripts:                     # further: pre-install, …-upgrade, …-deinstall, trigger
                    post-install: |
                      #!/bin/sh

                EXAMPLES
                  slipway apk pack out/hello --metadata hello.yaml --key packages.rsa -o packages/x86_64
                  SOURCE_DATE_EPOCH=1767323045 slipway apk pack out/hello --metadata hello.yaml
                """)

        @Argument(help: "The folder.", completion: .directory)
        var folder: String

        @Option(help: "What the package is: YAML.", completion: .file(extensions: ["yaml", "yml"]))
        var metadata: String

        @OptionGroup var output: PackingOptions

        @Option(help: "In place of the architecture in the metadata: x86_64, aarch64, noarch, …")
        var arch: String?

        @OptionGroup var signing: PackageSigningOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            var order = try output.order(session)
            order.architecture = arch
            let (folder, metadata, signing) = (HostPath(folder), HostPath(metadata), try signing.signing())
            try await session.run { [order] workshop in
                let packed = try await AlpineRepositoryRun(workshop).pack(
                    folder, metadata: metadata, order: order, signing: signing)
                try session.show(packed) { [PackageViews.packed(packed)] }
                return .success
            }
        }
    }

    struct Index: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the signed APKINDEX.tar.gz of folders of packages.",
            discussion: """
                Only packages that are new are read: what the present index says of the others is kept where it is what
                the last run wrote or has a signature of the same key, and the package's file is still the same one.
                The index appears whole, after everything that it names is on disk.

                EXAMPLES
                  slipway apk index packages/x86_64 packages/aarch64 --key packages.rsa
                """)

        @Argument(
            help: "Folders of packages, one for each architecture, named by it.", completion: .directory)
        var folders: [String]

        @Option(help: "What the index calls itself.")
        var description = ""

        @OptionGroup var signing: PackageSigningOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let (folders, description, signing) = (
                folders.map { HostPath($0) }, description, try signing.signing()
            )
            try await session.run { workshop in
                let indexes = try await AlpineRepositoryRun(workshop).index(
                    folders, summary: description, signing: signing)
                try session.show(indexes) { indexes.map(PackageViews.indexed) }
                return .success
            }
        }
    }

    struct Sign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign packages and indexes in their places.",
            discussion: """
                Signatures of other keys stay; signing again changes nothing.

                EXAMPLES
                  slipway apk sign --key packages.rsa packages/x86_64/*.apk
                  slipway apk sign --key packages.rsa --rsa-sha1 packages/x86_64/APKINDEX.tar.gz
                """)

        @Argument(help: "Packages and indexes.", completion: .file())
        var files: [String]

        @OptionGroup var signing: PackageSigningOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            guard let signing = try signing.signing() else {
                throw ValidationError("name the private key: --key packages.rsa")
            }
            let files = files
            try await session.run { workshop in
                try await AlpineRepositoryRun(workshop).sign(files.map { HostPath($0) }, signing: signing)
                try session.show(files) { files.map { "signed \($0)" } }
                return .success
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hold packages and indexes against keys.",
            discussion: """
                Of a package: its signature, and its data against what was signed. Of an index: its signature, and each
                package that stands beside it. Exit code 2 where a check says no, 3 where something was not there to be
                checked: a package of the index, or the signature of a package that only an index vouches for.

                EXAMPLES
                  slipway apk verify --key packages.rsa.pub packages/x86_64/APKINDEX.tar.gz
                  slipway apk verify --key packages.rsa.pub packages/x86_64/*.apk
                """)

        @Argument(help: "Packages and indexes.", completion: .file())
        var files: [String]

        @Option(
            help: "A public key that counts; its file name is the key's name. May be given several times.",
            completion: .file(extensions: ["pub"]))
        var key: [String]

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let (files, keys) = (files.map { HostPath($0) }, key.map { HostPath($0) })
            try await PackageViews.verify(common) {
                try await AlpineRepositoryRun($0).verify(files, keys: keys)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a package says and holds.",
            discussion: """
                EXAMPLES
                  slipway apk show packages/x86_64/hello-1.0.0-r0.apk
                """)

        @OptionGroup var package: PackageArgument
        @OptionGroup var common: CommonOptions

        func run() async throws {
            try await PackageViews.show(common, package.file) { try await AlpineRepositoryRun($0).facts($1) }
        }
    }

    struct Extract: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Unpack a package's files into a new folder.",
            discussion: """
                Modes and times are kept, owners only where root unpacks. Nothing leaves the folder, and none of the
                package's scripts is run.

                EXAMPLES
                  slipway apk extract packages/x86_64/hello-1.0.0-r0.apk -o hello
                """)

        @OptionGroup var package: PackageArgument
        @OptionGroup var target: ExtractingOptions
        @OptionGroup var common: CommonOptions

        func run() async throws {
            try await target.extract(common, package.file) {
                try await AlpineRepositoryRun($0).extract($1, to: $2)
            }
        }
    }
}
