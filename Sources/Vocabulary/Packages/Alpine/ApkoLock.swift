// SPDX-License-Identifier: Apache-2.0

/// apko's own lock, format v1: the packages of every architecture in the order in which they are installed, each with
/// the places and checksums of its three gzip members. It knows no reasons and no digest of a whole file; a `Lock` is
/// made of it by fetching what it names.
package struct ApkoLock: Sendable, Equatable, Decodable {
    /// The definition that it holds for.
    package struct Configuration: Sendable, Equatable, Decodable {
        package var name: String?
        /// `sha256-` and base64: of the definition's text with all that it includes behind it.
        package var checksum: String?

        package init(name: String?, checksum: String?) {
            self.name = name
            self.checksum = checksum
        }
    }

    /// A key that the build trusted.
    package struct Key: Sendable, Equatable, Decodable {
        package var name: String
        package var url: String
        /// PEM; nil before apko 0.14 or where it was not embedded.
        package var content: String?

        package init(name: String, url: String, content: String?) {
            self.name = name
            self.url = url
            self.content = content
        }
    }

    /// One architecture's index of a repository.
    package struct Repository: Sendable, Equatable, Decodable {
        package var name: String
        package var url: String
        package var architecture: String

        package init(name: String, url: String, architecture: String) {
            self.name = name
            self.url = url
            self.architecture = architecture
        }
    }

    /// A gzip member of a package: `bytes=0-646` and `sha1-…` or `sha256-…`; both empty where there is none.
    package struct Member: Sendable, Equatable, Decodable {
        package var range: String
        package var checksum: String

        package init(range: String, checksum: String) {
            self.range = range
            self.checksum = checksum
        }

        package static let none = Member(range: "", checksum: "")
    }

    package struct Package: Sendable, Equatable {
        package var name: String
        package var url: String
        package var version: String
        /// In apk's words: `x86_64`.
        package var architecture: String
        package var signature: Member
        package var control: Member
        package var data: Member
        /// As the index has it, `Q1…`; that of the control member before apko 0.13.
        package var checksum: String

        package init(
            name: String, url: String, version: String, architecture: String, signature: Member,
            control: Member, data: Member, checksum: String
        ) {
            self.name = name
            self.url = url
            self.version = version
            self.architecture = architecture
            self.signature = signature
            self.control = control
            self.data = data
            self.checksum = checksum
        }
    }

    package struct Contents: Sendable, Equatable {
        package var keyring: [Key] = []
        package var buildRepositories: [Repository] = []
        package var runtimeRepositories: [Repository] = []
        package var repositories: [Repository] = []
        package var packages: [Package] = []
        package init() {}
    }

    package var version: String
    /// Nil before apko 0.13.
    package var config: Configuration?
    package var contents: Contents

    package init(config: Configuration?, contents: Contents) {
        version = "v1"
        self.config = config
        self.contents = contents
    }

    /// Reads untrusted bytes. Throws where they are no lock of this format.
    package init(_ bytes: [UInt8], what: String) throws(CanonicalJSON.ReadError) {
        self = try CanonicalJSON.decode(from: bytes, what: what, limit: 64 << 20)
        guard version == "v1" else {
            throw .malformed(what: what, reason: "its format is '\(version)', and only v1 is known")
        }
        for package in contents.packages {
            guard package.size != nil, package.checksum.hasPrefix("Q1"), PackageName(package.name) != nil,
                !package.url.isEmpty
            else {
                throw .malformed(
                    what: what,
                    reason: "the package '\(package.name)' has no place, no range of its data or no checksum")
            }
        }
    }
}

extension ApkoLock.Package {
    /// Of the whole file, in bytes; nil where the range of its data is none.
    package var size: Int64? { data.bytes.map { $0.upperBound + 1 } }
}

extension ApkoLock.Member {
    /// First and last byte (RFC 9110, section 14.1.2).
    package init(_ range: Range<Int64>, checksum: String) {
        self.init(range: "bytes=\(range.lowerBound)-\(range.upperBound - 1)", checksum: checksum)
    }

    package var bytes: ClosedRange<Int64>? {
        guard range.hasPrefix("bytes=") else { return nil }
        let ends = range.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int64(ends[0]), let last = Int64(ends[1]), first >= 0,
            last >= first,
            last < 1 << 40
        else { return nil }
        return first...last
    }
}

// MARK: - Reading

extension ApkoLock.Package: Decodable {
    private enum Name: String, CodingKey {
        case name, url, version, architecture, signature, control, data, checksum
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Name.self)
        name = try fields.decode(String.self, forKey: .name)
        url = try fields.decode(String.self, forKey: .url)
        version = try fields.decode(String.self, forKey: .version)
        architecture = try fields.decode(String.self, forKey: .architecture)
        signature = try fields.decodeIfPresent(ApkoLock.Member.self, forKey: .signature) ?? .none
        control = try fields.decode(ApkoLock.Member.self, forKey: .control)
        data = try fields.decode(ApkoLock.Member.self, forKey: .data)
        let own = try fields.decodeIfPresent(String.self, forKey: .checksum) ?? ""
        let digest = control.checksum.hasPrefix("sha1-") ? "Q1" + control.checksum.dropFirst(5) : ""
        checksum = own.isEmpty ? digest : own
    }
}

extension ApkoLock.Contents: Decodable {
    private enum Name: String, CodingKey {
        case keyring, packages, repositories
        case buildRepositories = "build_repositories"
        case runtimeRepositories = "runtime_repositories"
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Name.self)
        keyring = try fields.decodeIfPresent([ApkoLock.Key].self, forKey: .keyring) ?? []
        buildRepositories =
            try fields.decodeIfPresent([ApkoLock.Repository].self, forKey: .buildRepositories) ?? []
        runtimeRepositories =
            try fields.decodeIfPresent([ApkoLock.Repository].self, forKey: .runtimeRepositories) ?? []
        repositories = try fields.decodeIfPresent([ApkoLock.Repository].self, forKey: .repositories) ?? []
        packages = try fields.decode([ApkoLock.Package].self, forKey: .packages)
    }
}
