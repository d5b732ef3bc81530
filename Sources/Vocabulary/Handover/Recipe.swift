// SPDX-License-Identifier: Apache-2.0

/// How packages are built from their maintainers' release: the meaning of one recipe file for one architecture, every
/// variable written out, every pipeline flattened into its steps.
package struct Recipe: Sendable, Equatable {
    /// The file as the user named it.
    package var file: String
    /// The digest of the file's bytes.
    package var digest: Digest
    package var architecture: Architecture
    package var name: PackageName
    /// Upstream's, without the release.
    package var version: String
    /// The how manieth build of this version: the `N` of `-rN`.
    package var epoch: UInt32
    package var commit: String?
    package var annotations: [String: String] = [:]
    package var copyrights: [Copyright] = []
    /// Names of the identification that vulnerability databases use (CPE 2.3), by their keys.
    package var cpe: [String: String] = [:]
    /// Architectures that it is for, as the family calls them; empty for all.
    package var targets: [String] = []
    /// The image in which steps run.
    package var environment: ImageDefinition
    /// The image at `sysrootPlace`: what programs are linked with, which may be of another family than what builds them.
    package var sysroot: ImageDefinition?
    /// First the package that the recipe is named for, then its subpackages in the file's order.
    package var packages: [Package]
    package var limits = Limits()
    package var testLimits = Limits()
    /// Capabilities (capabilities(7)) that steps ask for beside those that every step has, and those that they give up.
    package var capabilities = Capabilities()
    package var update: UpdateRule?
    /// What its steps change in upstream's files. It is known of a recipe as it was written: compiled, patches are scripts.
    package var patches: [PatchUse] = []

    package init(
        file: String, digest: Digest, architecture: Architecture, name: PackageName, version: String,
        epoch: UInt32, environment: ImageDefinition, packages: [Package]
    ) {
        self.file = file
        self.digest = digest
        self.architecture = architecture
        self.name = name
        self.version = version
        self.epoch = epoch
        self.environment = environment
        self.packages = packages
    }

    /// Where steps work in their sandbox, and the folder of it in which each package becomes a folder of its name: recipes
    /// know both, as melange has it.
    package static let workspace = "/home/build"
    package static let output = "melange-out"
    /// Where steps find the sysroot, which they cannot change.
    package static let sysrootPlace = "/run/sysroot"

    /// `1.2.3-r4`.
    package var fullVersion: String { "\(version)-r\(epoch)" }

    /// Of builds, in order: those of the first package before those of its subpackages.
    package var steps: [Step] { packages.flatMap(\.steps) }

    /// Every step, those of tests too, in the order of packages.
    package var allSteps: [Step] { packages.flatMap { $0.steps + ($0.test?.steps ?? []) } }

    /// Where a distribution's own sources are looked for that name no suite: that of the build root's first repository.
    package var archiveSuite: String? {
        environment.contents.sources.lazy.compactMap(\.value.suite).first
    }
}

extension Recipe {
    /// One package that the recipe makes.
    package struct Package: Sendable, Equatable {
        package var metadata: PackageMetadata
        /// In order; those of subpackages run after all of the first package's.
        package var steps: [Step]
        package var test: Test?
        package var options = Options()
        /// Checks that are not made of it.
        package var disabledChecks: [String] = []
        package var fileCapabilities: [FileCapability] = []

        package init(metadata: PackageMetadata, steps: [Step], test: Test?) {
            self.metadata = metadata
            self.steps = steps
            self.test = test
        }
    }

    /// What runs in an image of the package and its declared needs.
    package struct Test: Sendable, Equatable {
        package var environment: ImageDefinition
        package var steps: [Step]

        package init(environment: ImageDefinition, steps: [Step]) {
            self.environment = environment
            self.steps = steps
        }
    }

    /// One thing to do, in order.
    package struct Step: Sendable, Equatable {
        package enum Action: Sendable, Equatable {
            /// A script for /bin/sh, in the sandbox.
            case run(String)
            /// Done by Slipway, outside of the sandbox.
            case fetch(Fetch)
            case checkout(Checkout)
        }

        /// What people call it: its name, or the pipeline's.
        package var label: String
        /// The pipelines that led to it, the outermost first.
        package var pipelines: [String]
        package var location: SourceLocation
        package var action: Action
        /// Below the workspace, or absolute; nil for the workspace itself.
        package var workingDirectory: String?
        package var environment: [String: String]

        package init(
            label: String, pipelines: [String], location: SourceLocation, action: Action,
            workingDirectory: String?, environment: [String: String]
        ) {
            self.label = label
            self.pipelines = pipelines
            self.location = location
            self.action = action
            self.workingDirectory = workingDirectory
            self.environment = environment
        }
    }

    /// A file from somewhere, known by its digest.
    package struct Fetch: Sendable, Hashable {
        package enum Digests: Sendable, Hashable {
            case sha256(Digest)
            /// In lowercase hex.
            case sha512(String)
            /// `expected-none`: whatever comes is taken, and a diagnostic says so.
            case none
        }

        /// `https:`, `http:`, `file:`, `pypi:NAME@VERSION`, `debian:NAME[@SUITE]`.
        package var uri: String
        package var expected: Digests
        /// Unpacked, so many leading components of each path left out; otherwise the file itself is put there.
        package var extracts: Bool
        package var stripComponents: Int
        package var directory: String
        /// The archive itself goes after unpacking.
        package var deletes: Bool

        /// For people and evidence: a user's name and password are left out.
        package var address: String { URLCredentials.hidden(in: uri) }

        package init(
            uri: String, expected: Digests, extracts: Bool, stripComponents: Int, directory: String,
            deletes: Bool
        ) {
            self.uri = uri
            self.expected = expected
            self.extracts = extracts
            self.stripComponents = stripComponents
            self.directory = directory
            self.deletes = deletes
        }
    }

    /// A tree of a git repository, known by its commit.
    package struct Checkout: Sendable, Hashable {
        package enum Revision: Sendable, Hashable {
            case tag(String)
            case branch(String)
            /// The repository's own default.
            case head
        }

        /// A commit of another branch put on top: its number, and why.
        package struct CherryPick: Sendable, Hashable {
            package var branch: String?
            package var commit: String
            package var reason: String

            package init(branch: String?, commit: String, reason: String) {
                self.branch = branch
                self.commit = commit
                self.reason = reason
            }
        }

        package var repository: String
        package var destination: String
        package var revision: Revision
        /// In lowercase hex; nil takes what is there, and a diagnostic says so.
        package var commit: String?
        /// Nil for as little as the commit allows.
        package var depth: Int?
        package var withSubmodules: Bool
        package var sparsePaths: [String]
        package var cherryPicks: [CherryPick]

        /// For people and evidence: a user's name and password are left out.
        package var address: String { URLCredentials.hidden(in: repository) }

        package init(
            repository: String, destination: String, revision: Revision, commit: String?, depth: Int?,
            withSubmodules: Bool, sparsePaths: [String], cherryPicks: [CherryPick]
        ) {
            self.repository = repository
            self.destination = destination
            self.revision = revision
            self.commit = commit
            self.depth = depth
            self.withSubmodules = withSubmodules
            self.sparsePaths = sparsePaths
            self.cherryPicks = cherryPicks
        }
    }

    /// Patches that one step applies.
    package struct PatchUse: Sendable, Equatable {
        /// As they are written: paths below the workspace.
        package var files: [String]
        /// A file that names more, a line each.
        package var series: String?
        package var location: SourceLocation

        package init(files: [String], series: String?, location: SourceLocation) {
            self.files = files
            self.series = series
            self.location = location
        }
    }

    package struct Copyright: Sendable, Equatable {
        /// An SPDX expression.
        package var license: String
        package var paths: [String]
        package var attestation: String?
        package var licensePath: String?
        package var detectionOverride: String?

        package init(license: String, paths: [String]) {
            self.license = license
            self.paths = paths
        }
    }

    /// What of the generated dependencies a package does without.
    package struct Options: Sendable, Equatable {
        package var withoutProvides = false
        package var withoutDepends = false
        package var withoutCommands = false
        package var withoutVersionedLibraries = false
        package init() {}
    }

    /// Capabilities of a file (setcap(8)).
    package struct FileCapability: Sendable, Equatable {
        package var path: ImagePath
        /// `net_bind_service` to `+eip`.
        package var added: [String: String]
        package var reason: String

        package init(path: ImagePath, added: [String: String], reason: String) {
            self.path = path
            self.added = added
            self.reason = reason
        }
    }

    /// What a build or a test may use; nil is no limit of its own.
    package struct Limits: Sendable, Equatable {
        /// Whole processors and thousandths.
        package var processors: Double?
        /// Bytes.
        package var memory: Int64?
        /// Bytes.
        package var disk: Int64?
        /// Seconds.
        package var time: Int64?
        package init() {}
    }

    package struct Capabilities: Sendable, Equatable {
        package var added: [String] = []
        package var dropped: [String] = []
        package init() {}
    }
}
