// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// One package as the plan sees it.
struct PlanInput: Sendable {
    var package: LockedPackage
    var table: PackageTable
    var rules: EntryRules
}

extension LockedPackage {
    /// Stands for a whole image in a plan; no lock has it.
    static let baseImage = LockedPackage(
        name: .baseImage, version: "", architecture: "", role: .base,
        sourceName: .baseImage, sourceVersion: "", maintainer: nil, homepage: nil,
        digest: ContentHasher.digest(of: []), size: 0,
        installedSize: nil, requestedBy: [], edges: [])
}

/// One architecture of the lock with its rules.
struct PlatformWork: Sendable {
    var architecture: Architecture
    var parts: any FamilyParts
    var family: FamilyRules
    /// In the order of their installation.
    var packages: [(package: LockedPackage, rules: EntryRules)]
    /// What the image stands on.
    var base: BaseLayers?
    /// What holds for every file of it.
    var baseRules: EntryRules
    /// What the lock says that it holds.
    var basePackages: [LockedPackage]

    /// The image below in the plan's terms, as if it were a package.
    var baseInput: PlanInput? {
        base.map { PlanInput(package: .baseImage, table: $0.table, rules: baseRules) }
    }

    func opening(_ package: LockedPackage, _ rules: EntryRules) -> PackageOpening {
        PackageOpening(package: package, parts: parts, rules: rules, captures: family.captures)
    }
}

/// Everything about one platform's image that is decided before a byte of it is written.
struct ImagePlan: Sendable {
    /// From the lowest; at least one.
    var layers: [LayerPlan]
    /// The finished tree, sorted by path.
    var files: [ComposedFile]
    var process: ImageConfiguration.Process
    /// Seconds since 1970.
    var created: Int64
    /// The version of the package that owns the entrypoint, where there is one.
    var version: String?
    var diagnostics: [Diagnostic]
}

/// One layer, as segments.
struct LayerPlan: Sendable {
    /// The leading segment: every directory of the layer, sorted by path.
    var directories: [TreeNode]
    /// One for each package that puts files into the layer, in the order of the packages.
    var segments: [PackageSegment]
    /// The last segment: what rules and the definition add, sorted by path, hard links last.
    var additions: [TreeNode]
}

/// The part of one package that goes into the image.
struct PackageSegment: Sendable {
    var package: PackageName
    /// With the losses that only the plan knows.
    var rules: EntryRules
    var key: Digest
    /// Bytes of the files in it, for progress and scheduling.
    var size: Int64
}

extension PackageSegment {
    /// What a segment's bytes depend on: the package and every change that touches one of its entries. A change of the
    /// image that leaves this package as it was leaves the key as it was.
    static func key(
        of package: Digest, table: PackageTable, rules: EntryRules, identity: String
    ) -> (key: Digest, size: Int64, files: Int) {
        var writer = TableWriter()
        writer.text("segment")
        writer.text(identity)
        writer.text(package.description)
        var size: Int64 = 0
        var kept = 0
        for (index, entry) in table.entries.enumerated()
        where entry.kind != .directory && entry.kind != .special {
            switch rules.place(entry) {
            case .drop:
                writer.number(UInt64(index))
                writer.number(0)
            case .keep(let placed):
                kept += 1
                size += entry.size
                for (name, value) in placed.attributes.sorted(by: { $0.key < $1.key }) {
                    writer.number(UInt64(index))
                    writer.number(2)
                    writer.text(name)
                    writer.text(Hex.encode(value))
                }
                guard placed != PlacedEntry(unchanged: entry) else { continue }
                writer.number(UInt64(index))
                writer.number(1)
                writer.text(placed.path.text)
                writer.number(UInt64(placed.mode))
                writer.number(UInt64(placed.uid))
                writer.number(UInt64(placed.gid))
                writer.signed(placed.mtime)
                writer.optional(placed.target)
            }
        }
        return (ContentHasher.digest(of: writer.bytes), size, kept)
    }
}

extension PlacedEntry {
    /// The entry as the package has it.
    init(unchanged entry: PackageEntry) {
        self.init(
            path: entry.path, mode: entry.mode, uid: entry.uid, gid: entry.gid, mtime: entry.mtime,
            target: entry.target, attributes: entry.attributes)
    }
}

extension Diagnostic.Code {
    static let fileShared = Self(rawValue: "file-shared")
    static let fileReplaced = Self(rawValue: "file-replaced")
    static let directoryDiffers = Self(rawValue: "directory-differs")
    static let setuidFile = Self(rawValue: "setuid-file")
    static let specialFile = Self(rawValue: "special-file")
    static let libraryMissing = Self(rawValue: "library-missing")
    static let libraryOffPath = Self(rawValue: "library-off-path")
    static let interpreterMissing = Self(rawValue: "interpreter-missing")
    static let entrypointMissing = Self(rawValue: "entrypoint-missing")
    static let shellPresent = Self(rawValue: "shell-present")
    static let packageManagerPresent = Self(rawValue: "package-manager-present")
    static let ownerUnknown = Self(rawValue: "owner-unknown")
    static let runsAsRoot = Self(rawValue: "runs-as-root")
    static let ruleYielded = Self(rawValue: "rule-yielded")
    static let certificateUnread = Self(rawValue: "certificate-unread")
    static let sliceUnknown = Self(rawValue: "slice-unknown")
    static let ownersLost = Self(rawValue: "owners-lost")
    static let attributesLost = Self(rawValue: "attributes-lost")
}
