// SPDX-License-Identifier: Apache-2.0

/// Everything that an image is made of, decided: exact packages, why each is there, and where that was learnt.
/// `content` decides equality and the build key; `witness` proves where it came from.
package struct Lock: Sendable, Equatable, Codable {
    package var content: Content
    package var witness: Witness

    package init(content: Content, witness: Witness) {
        self.content = content
        self.witness = witness
    }

    package struct Content: Sendable, Hashable, Codable {
        /// The format of this half; another number is refused.
        package var version = 1
        /// The definition that this lock holds for.
        package var definition: Digest
        package var architectures: [ArchitectureLock]

        package init(definition: Digest, architectures: [ArchitectureLock]) {
            self.definition = definition
            self.architectures = architectures
        }

        /// The digest of the canonical JSON of this half.
        package func digest() throws -> Digest { ContentHasher.digest(of: try CanonicalJSON.encode(self)) }
    }
}

/// The packages for one architecture, sorted by name.
package struct ArchitectureLock: Sendable, Hashable, Codable {
    package var architecture: Architecture
    package var family: PackageFamily
    package var packages: [LockedPackage]
    package var dropped: [DroppedPackage]

    package init(
        architecture: Architecture, family: PackageFamily, packages: [LockedPackage],
        dropped: [DroppedPackage]
    ) {
        self.architecture = architecture
        self.family = family
        self.packages = packages
        self.dropped = dropped
    }
}

extension ArchitectureLock {
    /// The packages that are fetched: all but what a base image holds.
    package var fetchedPackages: [LockedPackage] { packages.filter { $0.role != .base } }
}

/// One package of the image, with the edges that brought it in.
package struct LockedPackage: Sendable, Hashable, Codable {
    package enum Role: String, Sendable, Hashable, Codable {
        case installed
        /// Only some of its files are used: in lock and SBOM, not among the scanners' installed packages.
        case dataOnly = "data-only"
        /// It is in the image on which this one stands; nothing of it is fetched.
        case base
    }

    /// A relation that another package of this lock satisfies.
    package struct Edge: Sendable, Hashable, Codable {
        package enum Kind: String, Sendable, Hashable, Codable {
            case depends
            case preDepends = "pre-depends"
            /// Alpine's install_if: it came by itself because the owner of this edge is there too.
            case installIf = "install-if"
        }
        package var kind: Kind
        /// The relation as the package states it, alternatives included: `libc6 (>= 2.38)`.
        package var relation: String
        /// The package that satisfies it.
        package var to: PackageName

        package init(_ kind: Kind, _ relation: String, to: PackageName) {
            self.kind = kind
            self.relation = relation
            self.to = to
        }
    }

    package var name: PackageName
    package var version: String
    /// The package's own architecture field (`all` where it fits any).
    package var architecture: String
    package var role: Role
    package var sourceName: PackageName
    package var sourceVersion: String
    package var maintainer: String?
    package var homepage: String?
    /// An SPDX expression, as the package claims.
    package var license: String?
    /// The digest of the package file; of what a base image holds, of that image's manifest.
    package var digest: Digest
    /// What the repository's index calls the file where it knows no SHA-256 (Alpine's `C:`, `Q1…`): the link between
    /// the index's signature and the file.
    package var checksum: String?
    /// Of the package file, in bytes.
    package var size: Int64
    /// In bytes, as the package claims.
    package var installedSize: Int64?
    /// The requests of the definition that name it; empty for what came in by an edge.
    package var requestedBy: [String]
    package var edges: [Edge]

    package init(
        name: PackageName, version: String, architecture: String, role: Role, sourceName: PackageName,
        sourceVersion: String, maintainer: String?, homepage: String?, license: String? = nil, digest: Digest,
        checksum: String? = nil, size: Int64, installedSize: Int64?, requestedBy: [String], edges: [Edge]
    ) {
        self.name = name
        self.version = version
        self.architecture = architecture
        self.role = role
        self.sourceName = sourceName
        self.sourceVersion = sourceVersion
        self.maintainer = maintainer
        self.homepage = homepage
        self.license = license
        self.digest = digest
        self.checksum = checksum
        self.size = size
        self.installedSize = installedSize
        self.requestedBy = requestedBy
        self.edges = edges
    }
}

/// A package that something of the image depends on and that is left out on purpose.
package struct DroppedPackage: Sendable, Hashable, Codable {
    package var name: PackageName
    /// A sentence from the curated list, or "dropped by the definition".
    package var reason: String
    /// Who asked for it: `app-server: Pre-Depends init-system-helpers (>= 1.54~)`.
    package var wantedBy: [String]

    package init(name: PackageName, reason: String, wantedBy: [String]) {
        self.name = name
        self.reason = reason
        self.wantedBy = wantedBy
    }
}

/// Where a lock's content was learnt.
package struct Witness: Sendable, Hashable, Codable {
    package var repositories: [RepositoryWitness]
    /// The places that hold each package file; key: the digest in text form.
    package var places: [String: [String]]

    package init(repositories: [RepositoryWitness], places: [String: [String]]) {
        self.repositories = repositories
        self.places = places
    }
}

/// One signed repository as it was when the lock was made.
package struct RepositoryWitness: Sendable, Hashable, Codable {
    package struct Index: Sendable, Hashable, Codable {
        /// Below the repository or its suite: `main/binary-amd64/Packages.xz`, `x86_64/APKINDEX.tar.gz`.
        package var path: String
        package var url: String
        package var digest: Digest
        package var size: Int64

        package init(path: String, url: String, digest: Digest, size: Int64) {
            self.path = path
            self.url = url
            self.digest = digest
            self.size = size
        }
    }

    /// A file whose signature was checked: a Debian repository has one, its release file; an Alpine repository one for
    /// each architecture, the index itself.
    package struct SignedFile: Sendable, Hashable, Codable {
        package var url: String
        /// Of the file as it was downloaded, signature included.
        package var digest: Digest
        package var date: Timestamp?
        package var validUntil: Timestamp?
        /// Fingerprints of the keys whose signatures were good and trusted; empty only with --allow-unsigned.
        package var signers: [String]

        package init(
            url: String, digest: Digest, date: Timestamp?, validUntil: Timestamp?, signers: [String]
        ) {
            self.url = url
            self.digest = digest
            self.date = date
            self.validUntil = validUntil
            self.signers = signers
        }
    }

    /// The line of the definition.
    package var line: String
    package var url: String
    /// Debian's; nil where the family has none.
    package var suite: String?
    package var codename: String?
    package var signedFiles: [SignedFile]
    package var indexes: [Index]
    /// Freshness checks that the machine's configuration switched off.
    package var relaxations: [String]

    /// Whether something of it was accepted without a signature.
    package var isUnsigned: Bool { signedFiles.contains(where: \.signers.isEmpty) }
    /// The indexes that are not signed themselves: a signed file vouches for them.
    package var vouchedIndexes: [Index] {
        indexes.filter { index in !signedFiles.contains { $0.digest == index.digest } }
    }
    /// What users call it: `trixie of https://deb.example.org/debian`.
    package var title: String { suite.map { "\($0) of \(url)" } ?? url }

    package init(
        line: String, url: String, suite: String?, codename: String?, signedFiles: [SignedFile],
        indexes: [Index], relaxations: [String]
    ) {
        self.line = line
        self.url = url
        self.suite = suite
        self.codename = codename
        self.signedFiles = signedFiles
        self.indexes = indexes
        self.relaxations = relaxations
    }
}
