// SPDX-License-Identifier: Apache-2.0

/// Why an image was rebuilt, from the repository down: index → package → lock difference → image.
package struct RebuildCause: Sendable, Equatable, Codable {
    /// What set it off.
    package enum Trigger: String, Sendable, Codable {
        /// The image had never been published.
        case first
        /// A repository changed and the resolution with it.
        case repository
        /// The definition or one of its local files changed.
        case definition
        /// Slipway's own transformation or compressor changed.
        case tool
        /// Somebody asked.
        case request
    }

    /// A repository whose signed release changed since the last look.
    package struct RepositoryChange: Sendable, Equatable, Codable {
        package var line: String
        /// For people: Debian's suite, else the line.
        package var title: String
        package var old: Digest?
        package var new: Digest
        package var date: Timestamp?

        package init(line: String, title: String, old: Digest?, new: Digest, date: Timestamp?) {
            self.line = line
            self.title = title
            self.old = old
            self.new = new
            self.date = date
        }
    }

    /// A package that this factory built, as the beginning of the chain: upstream's release → package.
    package struct PackageBuild: Sendable, Equatable, Codable {
        /// The recipe's name.
        package var recipe: String
        package var version: String
        package var reasons: [PackageBuildReason]
        /// The release that set it off, where one did.
        package var release: UpstreamRelease?
        package var published: Timestamp

        package init(
            recipe: String, version: String, reasons: [PackageBuildReason], release: UpstreamRelease?,
            published: Timestamp
        ) {
            self.recipe = recipe
            self.version = version
            self.reasons = reasons
            self.release = release
            self.published = published
        }
    }

    package var trigger: Trigger
    package var repositories: [RepositoryChange]
    package var packages: [PackageChange]
    /// Of the packages that differ, those that the factory built itself; nil in records from before it could.
    package var builds: [PackageBuild]?

    package init(trigger: Trigger, repositories: [RepositoryChange], packages: [PackageChange]) {
        self.trigger = trigger
        self.repositories = repositories
        self.packages = packages
    }
}

/// One package's difference between two locks.
package struct PackageChange: Sendable, Hashable, Codable {
    package var architecture: Architecture
    package var name: PackageName
    /// Nil where it was not there before.
    package var old: String?
    /// Nil where it is gone.
    package var new: String?
    /// True where the version stayed and the file did not.
    package var contentOnly: Bool

    package init(
        architecture: Architecture, name: PackageName, old: String?, new: String?, contentOnly: Bool = false
    ) {
        self.architecture = architecture
        self.name = name
        self.old = old
        self.new = new
        self.contentOnly = contentOnly
    }
}

/// One line of the factory's history.
package struct RebuildRecord: Sendable, Equatable, Codable {
    package enum Outcome: String, Sendable, Codable {
        case published
        /// The build's digest equals the published one: nothing moved.
        case unchanged
        /// A test or gate said no: the previous digest keeps serving.
        case refused
        /// It could not be built.
        case failed
        /// Published, and the tag held by a rollback.
        case held
        case rolledBack = "rolled-back"
        case released
    }

    /// Counts from 1 within one factory; nil before it is stored.
    package var id: Int64?
    package var image: String
    package var started: Timestamp
    package var finished: Timestamp
    package var outcome: Outcome
    package var cause: RebuildCause
    package var index: Digest?
    package var platforms: [PlatformSummary]
    package var lock: Lock.Content?
    package var tests: [TestReport]
    package var findings: Findings?
    /// One sentence for people.
    package var message: String

    package init(
        id: Int64? = nil, image: String, started: Timestamp, finished: Timestamp, outcome: Outcome,
        cause: RebuildCause,
        index: Digest?, platforms: [PlatformSummary], lock: Lock.Content?, tests: [TestReport],
        findings: Findings?, message: String
    ) {
        self.id = id
        self.image = image
        self.started = started
        self.finished = finished
        self.outcome = outcome
        self.cause = cause
        self.index = index
        self.platforms = platforms
        self.lock = lock
        self.tests = tests
        self.findings = findings
        self.message = message
    }

    /// What a page shows of one platform's image.
    package struct PlatformSummary: Sendable, Equatable, Codable {
        package var platform: Platform
        package var manifest: Digest
        /// Bytes of the compressed layers.
        package var compressedSize: Int64
        package var uncompressedSize: Int64
        package var files: Int
        package var packages: Int

        package init(
            platform: Platform, manifest: Digest, compressedSize: Int64, uncompressedSize: Int64, files: Int,
            packages: Int
        ) {
            self.platform = platform
            self.manifest = manifest
            self.compressedSize = compressedSize
            self.uncompressedSize = uncompressedSize
            self.files = files
            self.packages = packages
        }
    }
}

/// Where a published tag points.
package struct PublishedTag: Sendable, Equatable, Codable {
    package var image: String
    package var tag: String
    package var digest: Digest
    /// True after a rollback, until it is released: rebuilds do not move it.
    package var held: Bool
    package var moved: Timestamp

    package init(image: String, tag: String, digest: Digest, held: Bool, moved: Timestamp) {
        self.image = image
        self.tag = tag
        self.digest = digest
        self.held = held
        self.moved = moved
    }
}

/// What the factory knew of an image's sources when it last decided about it.
package struct SourceState: Sendable, Equatable, Codable {
    /// The repositories as they were, with the digests of their signed releases and indexes.
    package var repositories: [RepositoryWitness]
    /// Definition and local files.
    package var definition: Digest
    /// Version of the transformation and compressor.
    package var tool: String
    /// Every name that the solver asked for, misses included: the cheap pre-filter.
    package var consulted: [String]

    package init(
        repositories: [RepositoryWitness], definition: Digest, tool: String, consulted: [String]
    ) {
        self.repositories = repositories
        self.definition = definition
        self.tool = tool
        self.consulted = consulted
    }
}
