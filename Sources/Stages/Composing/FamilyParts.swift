// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Storage
internal import Vocabulary

/// What composing needs of a package family. It is picked once, by `PackageFamily.parts`; nothing else in this stage
/// asks which family it is.
protocol FamilyParts: Sendable {
    /// Changes with every table and format of the family that can change an image: part of the build key.
    var identity: String { get }

    /// What holds for an image of these packages, before any of them is opened.
    func rules(for packages: [LockedPackage], architecture: Architecture) -> FamilyRules

    /// Reads a package file to its end: control files into the decoder's table, the data archive through
    /// `PackageDecoder.take`. What the package says of itself is held against the lock. Throws `ComposingError`,
    /// `ArchiveError`, or what the file and the sink throw.
    func read(
        _ file: VerifyingReader, with decoder: inout PackageDecoder,
        into writer: inout TarWriter<SegmentSink>) throws

    /// Which of two packages keeps a path that both ship with different content; nil where neither may take it from
    /// the other. `first` was installed before `second`.
    func keeper(_ first: PlanInput, _ second: PlanInput) -> PathKeeper?

    /// Everything that follows the packages' files, in the family's order: what scripts would have done, the
    /// definition's own, accounts, the package database.
    func complete(_ planner: inout Planner) throws(ComposingError) -> ImageAccounts
}

/// Of two packages in the order of their installation.
enum PathKeeper: Sendable { case first, second }

extension PackageFamily {
    /// The one place where composing picks a family's part.
    var parts: any FamilyParts {
        switch self {
        case .debian: DebianParts()
        case .alpine: AlpineParts()
        }
    }
}
