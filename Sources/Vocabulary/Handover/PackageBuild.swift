// SPDX-License-Identifier: Apache-2.0

/// What a recipe's packages were made of when they were published last: what a factory compares to know whether they must
/// be made again.
package struct PackageBuildState: Sendable, Equatable, Codable {
    /// The recipe as it was compiled, with the files beside it.
    package var recipe: Digest
    /// With the release: `1.2.3-r0`.
    package var version: String
    package var packages: [PublishedPackage]
    /// Sonames of shared libraries that it offers: `libz.so.1`.
    package var offeredLibraries: [String]
    /// Those of other recipes that it was linked with, and who made them then.
    package var linkedLibraries: [String: PackageName]
    /// What went into its files and stays there, by name: a static toolchain, libraries that were linked statically; each
    /// with the version it had.
    package var staticInputs: [String: String]
    package var published: Timestamp

    package init(
        recipe: Digest, version: String, packages: [PublishedPackage], offeredLibraries: [String],
        linkedLibraries: [String: PackageName], staticInputs: [String: String], published: Timestamp
    ) {
        self.recipe = recipe
        self.version = version
        self.packages = packages
        self.offeredLibraries = offeredLibraries
        self.linkedLibraries = linkedLibraries
        self.staticInputs = staticInputs
        self.published = published
    }
}

/// A package file in a factory's repository.
package struct PublishedPackage: Sendable, Equatable, Codable {
    package var name: PackageName
    package var version: String
    package var architecture: String
    package var digest: Digest
    /// Bytes of the file, and of the files in it.
    package var size: Int64
    package var installedSize: Int64

    package init(
        name: PackageName, version: String, architecture: String, digest: Digest, size: Int64,
        installedSize: Int64
    ) {
        self.name = name
        self.version = version
        self.architecture = architecture
        self.digest = digest
        self.size = size
        self.installedSize = installedSize
    }
}

/// Why a recipe's packages are made.
package enum PackageBuildReason: Sendable, Equatable, Codable, CustomStringConvertible {
    /// Nothing of it is published.
    case first
    /// Upstream has a newer version.
    case release(old: String, new: String)
    /// The recipe, or a file beside it, is another one.
    case recipe
    /// A library that it is linked with is not offered any more.
    case library(name: String, from: PackageName)
    /// Something that is in its files has another version now.
    case staticInput(name: String, old: String, new: String)
    /// Somebody asked.
    case request

    package var description: String {
        switch self {
        case .first: "nothing of it is published"
        case .release(let old, let new): "upstream released \(new) after \(old)"
        case .recipe: "its recipe changed"
        case .library(let name, let provider):
            "it is linked with \(name), which \(provider) does not offer any more"
        case .staticInput(let name, let old, let new):
            "\(name) is in its files and went from \(old) to \(new)"
        case .request: "it was asked for"
        }
    }
}

/// One line of a factory's history of packages.
package struct PackageBuildRecord: Sendable, Equatable, Codable {
    package enum Outcome: String, Sendable, Codable {
        case published
        /// Built to the very bytes that are published.
        case unchanged
        /// A step, a check or a test failed: what was published before keeps serving.
        case failed
    }

    /// Counts from 1 within one factory; nil before it is stored.
    package var id: Int64?
    package var recipe: String
    package var version: String
    package var started: Timestamp
    package var finished: Timestamp
    package var outcome: Outcome
    package var reasons: [PackageBuildReason]
    /// The release that set it off, where one did.
    package var release: UpstreamRelease?
    package var packages: [PublishedPackage]
    /// Where the whole log is, below the repository.
    package var log: String?
    /// One sentence for people.
    package var message: String

    package init(
        recipe: String, version: String, started: Timestamp, finished: Timestamp, outcome: Outcome,
        reasons: [PackageBuildReason], release: UpstreamRelease?, packages: [PublishedPackage], log: String?,
        message: String
    ) {
        self.recipe = recipe
        self.version = version
        self.started = started
        self.finished = finished
        self.outcome = outcome
        self.reasons = reasons
        self.release = release
        self.packages = packages
        self.log = log
        self.message = message
    }
}

/// What a recipe says of itself, as a factory saw it last: what a page shows beside its history.
package struct RecipeSummary: Sendable, Equatable, Codable {
    package var description: String
    package var url: String
    /// SPDX expressions.
    package var licenses: [String]
    /// With what pins them, in words.
    package var sources: [String]
    /// Recipes that are built with it.
    package var dependents: [PackageName]
    package var delta: RecipeDelta

    package init(
        description: String, url: String, licenses: [String], sources: [String], dependents: [PackageName],
        delta: RecipeDelta
    ) {
        self.description = description
        self.url = url
        self.licenses = licenses
        self.sources = sources
        self.dependents = dependents
        self.delta = delta
    }
}
