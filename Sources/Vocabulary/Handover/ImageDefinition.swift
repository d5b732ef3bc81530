// SPDX-License-Identifier: Apache-2.0

/// What an image shall be: the meaning of one definition file, every value checked, nothing resolved.
package struct ImageDefinition: Sendable, Equatable {
    /// The image's name, from `annotations` or the file's place; used for titles and container ids.
    package var name: String
    /// The file as the user named it.
    package var file: String
    /// The digest of the file's bytes; a lock holds for this very text.
    package var digest: Digest
    package var contents: Contents
    package var process: Process
    package var accounts: Accounts
    package var paths: [Located<PathRule>]
    package var files: [Located<FileInsertion>]
    package var annotations: [String: String]
    /// Where the definition itself is kept.
    package var vcsURL: String?
    package var certificates: Certificates
    /// Nil puts all packages into one layer.
    package var layering: Layering?
    package var architectures: [Architecture]
    package var tests: [Located<ImageTest>]
    /// The definition in apko's own keys, where the image shall hold it (`apko-json`).
    package var apkoJSON: JSONValue?

    package init(name: String, file: String, digest: Digest) {
        self.name = name
        self.file = file
        self.digest = digest
        self.contents = Contents()
        self.process = Process()
        self.accounts = Accounts()
        self.paths = []
        self.files = []
        self.annotations = [:]
        self.certificates = Certificates()
        self.architectures = [.amd64]
        self.tests = []
    }

    package struct Contents: Sendable, Equatable {
        /// Used for building alone: not written into the image.
        package var buildRepositories: [Located<RepositoryLine>] = []
        package var repositories: [Located<RepositoryLine>] = []
        /// Only written into the image, as they stand there.
        package var runtimeRepositories: [Located<String>] = []
        /// Keyring files, as paths relative to the definition or absolute, or as URLs.
        package var keyring: [Located<String>] = []
        /// Keys for the image's own package manager; the build does not trust them.
        package var runtimeKeyring: [Located<NamedText>] = []
        package var packages: [Located<PackageRequest>] = []
        /// Packages that the curated lists would drop and this image keeps.
        package var keep: [Located<PackageName>] = []
        /// Packages that this image drops beside the curated ones.
        package var drop: [Located<PackageName>] = []
        /// An image on which this one stands.
        package var baseImage: Located<BaseImage>?
        package init() {}

        /// Every repository that packages come from, in the order in which they are consulted.
        package var sources: [Located<RepositoryLine>] { buildRepositories + repositories }
    }

    /// A text with a name, as `{name, content}`.
    package struct NamedText: Sendable, Equatable {
        package var name: String
        package var content: String

        package init(name: String, content: String) {
            self.name = name
            self.content = content
        }
    }

    /// apko's `baseimage`: an OCI layout's folder, and the index of what is installed in it.
    package struct BaseImage: Sendable, Equatable {
        package var image: String
        package var index: String

        package init(image: String, index: String) {
            self.image = image
            self.index = index
        }
    }

    /// apko's `layering`: packages of one origin in one layer, `budget` such layers at most.
    package struct Layering: Sendable, Equatable {
        package var budget: Int
        package init(budget: Int) { self.budget = budget }
    }

    /// apko's `certificates`.
    package struct Certificates: Sendable, Equatable {
        /// PEM texts that every bundle of the image gets.
        package var additional: [Located<NamedText>] = []
        /// Names that packages provide whose certificates every bundle gets.
        package var providers: [Located<String>] = []
        package init() {}
    }

    /// Keys of the keyring that stand in the image too, for its own package manager: the Alpine family's.
    package var imageKeys: [Located<String>] {
        contents.sources.contains { $0.value.family == .alpine } ? contents.keyring : []
    }

    /// What the container starts, in the terms of the OCI image configuration.
    package struct Process: Sendable, Equatable {
        package var entrypoint: [String] = []
        package var cmd: [String] = []
        package var workDirectory: String?
        package var stopSignal: String?
        package var environment: [String: String] = [:]
        /// apko's service-bundle: the command of each s6 service; empty without one.
        package var services: [String: String] = [:]
        /// Mount points of volumes, absolute.
        package var volumes: [String] = []
        package init() {}
    }

    package struct Accounts: Sendable, Equatable {
        /// `run-as`: a user name or number; nil means root, which is a diagnostic.
        package var runAs: Located<String>?
        package var users: [Located<User>] = []
        package var groups: [Located<Group>] = []
        package init() {}

        package struct User: Sendable, Equatable {
            package var name: String
            package var uid: UInt32
            /// Nil takes the uid's number.
            package var gid: UInt32?
            package var shell: String?
            package var home: String?

            package init(name: String, uid: UInt32, gid: UInt32?, shell: String?, home: String?) {
                self.name = name
                self.uid = uid
                self.gid = gid
                self.shell = shell
                self.home = home
            }
        }

        package struct Group: Sendable, Equatable {
            package var name: String
            package var gid: UInt32
            package var members: [String]

            package init(name: String, gid: UInt32, members: [String]) {
                self.name = name
                self.gid = gid
                self.members = members
            }
        }
    }
}

/// One line of `contents.repositories`.
package enum RepositoryLine: Sendable, Hashable {
    /// `deb system SUITE COMPONENT…`: the mirror and keyring of this machine's own apt configuration.
    case debianSystem(suite: String, components: [String])
    /// A full one-line apt source: `deb [signed-by=FILE,…] URL SUITE COMPONENT…`.
    case debian(url: String, suite: String, components: [String], signedBy: [String])
    /// An Alpine repository: a URL or a folder that holds a folder for each architecture; `@tag` before it lets only
    /// what asks for the tag come from it.
    case alpine(location: String, tag: String?)

    /// Debian's; nil where the family has none.
    package var suite: String? {
        switch self {
        case .debianSystem(let suite, _), .debian(_, let suite, _, _): suite
        case .alpine: nil
        }
    }

    package var family: PackageFamily {
        switch self {
        case .debianSystem, .debian: .debian
        case .alpine: .alpine
        }
    }
}

extension RepositoryLine: CustomStringConvertible {
    package var description: String {
        switch self {
        case .debianSystem(let suite, let components):
            return "deb system \(suite) \(components.joined(separator: " "))"
        case .debian(let url, let suite, let components, let signedBy):
            let options = signedBy.isEmpty ? "" : " [signed-by=\(signedBy.joined(separator: ","))]"
            return "deb\(options) \(url) \(suite) \(components.joined(separator: " "))"
        case .alpine(let location, let tag):
            return tag.map { "@\($0) \(location)" } ?? location
        }
    }
}

/// One line of `contents.packages`: a name and, where written, a version constraint in apko's spelling
/// (`name`, `name=1.2-3`, `name>=1.2`, `name<2`, `name~1.2`), a repository's tag (`name@edge`), or a name that must not
/// be in the image (`!name`).
package struct PackageRequest: Sendable, Hashable, CustomStringConvertible {
    package enum Operator: String, Sendable, Hashable {
        case equal = "=", less = "<", greater = ">", atMost = "<=", atLeast = ">="
        /// Alpine's: the version begins with these parts.
        case fuzzy = "~", fuzzyLess = "<~", fuzzyGreater = ">~"
    }

    package struct Constraint: Sendable, Hashable {
        package let relation: Operator
        package let version: String
        package init(_ relation: Operator, _ version: String) {
            self.relation = relation
            self.version = version
        }
    }

    package let name: PackageName
    package let constraint: Constraint?
    /// The tag of the repository that it may come from (Alpine's `@tag`).
    package let tag: String?
    /// `!name`: it must not be in the image (Alpine's).
    package let isExcluded: Bool

    package init(
        _ name: PackageName, _ constraint: Constraint? = nil, tag: String? = nil, isExcluded: Bool = false
    ) {
        self.name = name
        self.constraint = constraint
        self.tag = tag
        self.isExcluded = isExcluded
    }

    package var description: String {
        (isExcluded ? "!" : "") + name.text
            + (constraint.map { "\($0.relation.rawValue)\($0.version)" } ?? "") + (tag.map { "@\($0)" } ?? "")
    }
}

/// One item of `paths` (apko's key): a change to the finished tree.
package struct PathRule: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case directory
        case emptyFile
        case permissions
        case symbolicLink(to: String)
        case hardLink(to: String)
    }

    package var path: ImagePath
    package var kind: Kind
    /// Nil leaves the owner as it is; what is made newly belongs to root.
    package var uid: UInt32?
    package var gid: UInt32?
    /// Mode bits; nil leaves them as they are, and gives what is made newly its usual ones.
    package var permissions: UInt16?
    package var recursive: Bool

    package init(
        path: ImagePath, kind: Kind, uid: UInt32?, gid: UInt32?, permissions: UInt16?, recursive: Bool
    ) {
        self.path = path
        self.kind = kind
        self.uid = uid
        self.gid = gid
        self.permissions = permissions
        self.recursive = recursive
    }
}

/// One item of `files` (Slipway's key): a file of the user's own.
package struct FileInsertion: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        case inline([UInt8])
        /// A path relative to the definition.
        case source(String)
    }

    package var path: ImagePath
    package var content: Content
    package var mode: UInt16
    package var uid: UInt32
    package var gid: UInt32

    package init(path: ImagePath, content: Content, mode: UInt16, uid: UInt32, gid: UInt32) {
        self.path = path
        self.content = content
        self.mode = mode
        self.uid = uid
        self.gid = gid
    }
}

/// One item of `tests` (Slipway's key): what the finished image must do in a real runtime.
package struct ImageTest: Sendable, Equatable, Codable {
    package struct Expectation: Sendable, Equatable, Codable {
        package var exit: Int32
        /// Text that the stream must contain.
        package var stdout: String?
        package var stderr: String?

        package init(exit: Int32 = 0, stdout: String? = nil, stderr: String? = nil) {
            self.exit = exit
            self.stdout = stdout
            self.stderr = stderr
        }
    }

    package var name: String
    /// The arguments of the container's process; nil takes the image's entrypoint and cmd.
    package var run: [String]?
    /// Programs started beside it, one after the other; each is tried again until it passes or `within` is over.
    package var exec: [[String]]
    /// Of the last `exec`, or of `run` where there is none.
    package var expect: Expectation
    /// Seconds.
    package var within: Int
    package var tmpfs: [String]
    package var network: Bool
    /// Static programs of the host, mounted for the test alone.
    package var with: [String]

    package init(
        name: String, run: [String]?, exec: [[String]], expect: Expectation, within: Int, tmpfs: [String],
        network: Bool, with: [String]
    ) {
        self.name = name
        self.run = run
        self.exec = exec
        self.expect = expect
        self.within = within
        self.tmpfs = tmpfs
        self.network = network
        self.with = with
    }
}
