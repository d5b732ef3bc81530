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
    package var architectures: [Architecture]
    package var tests: [Located<ImageTest>]

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
        self.architectures = [.amd64]
        self.tests = []
    }

    package struct Contents: Sendable, Equatable {
        package var repositories: [Located<RepositoryLine>] = []
        /// Keyring files, as paths relative to the definition or absolute.
        package var keyring: [Located<String>] = []
        package var packages: [Located<PackageRequest>] = []
        /// Packages that the curated lists would drop and this image keeps.
        package var keep: [Located<PackageName>] = []
        /// Packages that this image drops beside the curated ones.
        package var drop: [Located<PackageName>] = []
        package init() {}
    }

    /// What the container starts, in the terms of the OCI image configuration.
    package struct Process: Sendable, Equatable {
        package var entrypoint: [String] = []
        package var cmd: [String] = []
        package var workDirectory: String?
        package var stopSignal: String?
        package var environment: [String: String] = [:]
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
}

extension RepositoryLine: CustomStringConvertible {
    package var description: String {
        switch self {
        case .debianSystem(let suite, let components):
            return "deb system \(suite) \(components.joined(separator: " "))"
        case .debian(let url, let suite, let components, let signedBy):
            let options = signedBy.isEmpty ? "" : " [signed-by=\(signedBy.joined(separator: ","))]"
            return "deb\(options) \(url) \(suite) \(components.joined(separator: " "))"
        }
    }
}

/// One line of `contents.packages`: a name and, where written, a version constraint in apko's spelling
/// (`name`, `name=1.2-3`, `name>=1.2`, `name<2`).
package struct PackageRequest: Sendable, Hashable, CustomStringConvertible {
    package enum Operator: String, Sendable, Hashable {
        case equal = "=", less = "<", greater = ">", atMost = "<=", atLeast = ">="
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

    package init(_ name: PackageName, _ constraint: Constraint? = nil) {
        self.name = name
        self.constraint = constraint
    }

    package var description: String {
        name.text + (constraint.map { "\($0.relation.rawValue)\($0.version)" } ?? "")
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
    package var uid: UInt32
    package var gid: UInt32
    /// Mode bits; nil where the definition gives none.
    package var permissions: UInt16?
    package var recursive: Bool

    package init(path: ImagePath, kind: Kind, uid: UInt32, gid: UInt32, permissions: UInt16?, recursive: Bool)
    {
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
