// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// What a package family does beyond unpacking, as data: where aliased directories lead, what an image does without,
/// what maintainer scripts would have done. Tables live in the family's folder, their meaning in `Plan`.
struct FamilyRules: Sendable {
    /// Every package of the image. Who comes later is second where packages ship one path, and layers hold them so.
    var installationOrder: [PackageName]
    /// Directories that are links in the finished image, in order of application.
    var aliases: [PathAlias]
    /// Whether a link that one package ships in place of a directory of another stands for that directory.
    var followsLinksOfPackages = false
    /// Of several packages' directory, the last one's owner and mode count, not the first one's.
    var lastDirectoryCounts = false
    var attributes: AttributeRule
    var drops: [DropRule]
    /// What is used of packages that are data-only; a package that is not here gives nothing.
    var slices: [String: [PathPattern]]
    /// Files whose bytes rules read, wherever they are found.
    var captures: [PathPattern]
    /// The same of an image on which this one stands, beside those.
    var baseCaptures: [PathPattern] = []
    /// Done in order for every package that is in the image.
    var actions: [PackageActions]
    /// Done last, whatever is in the image.
    var always: [RuleAction]
    var accounts: AccountTable
    /// Variables that are set where the definition does not.
    var environment: [DefaultVariable]
    /// Where a dynamic loader of this family looks by default, for each architecture.
    var libraryDirectories: [ImagePath]
    /// Programs that make an image a shell's or a package manager's home.
    var shells: [ImagePath]
    var packageManagers: [ImagePath]
}

/// A variable of the environment.
struct DefaultVariable: Sendable {
    var name: String
    var value: String
    /// Set only where this leads to something in the image.
    var requires: String?
}

/// A directory that is a link: what packages ship below `from` lands below `to`.
struct PathAlias: Sendable {
    var from: ImagePath
    var to: ImagePath
    /// The target of the link, as it stands in the image.
    var target: String

    /// Nil where the path is not below the alias.
    func map(_ path: ImagePath) -> ImagePath? {
        guard path.isInside(from) else { return nil }
        return ImagePath("\(to.text)/\(path.text.dropFirst(from.text.count + 1))")
    }
}

extension [PathAlias] {
    /// As many links as the kernel follows.
    private static var depth: Int { 40 }

    /// Where a path stands in the image. A link may lead below another one.
    func resolve(_ path: ImagePath) -> ImagePath {
        var path = path
        for _ in 0..<Self.depth {
            let before = path
            for alias in self { path = alias.map(path) ?? path }
            if path == before { break }
        }
        return path
    }
}

/// Which extended attributes of packages' files an image gets.
struct AttributeRule: Sendable {
    /// Names, or namespaces that end in a dot.
    var kept: [String]
    /// Why the others stay out, as the end of a sentence.
    var reason: String

    func keeps(_ name: String) -> Bool {
        kept.contains { $0.hasSuffix(".") ? name.hasPrefix($0) : name == $0 }
    }
}

/// Paths that an image does without.
struct DropRule: Sendable {
    /// Stable and kebab-case; the documentation and the tests name it.
    var name: String
    var patterns: [PathPattern]
    /// Kept all the same.
    var except: [PathPattern] = []

    func matches(_ path: ImagePath) -> Bool {
        patterns.contains { $0.matches(path) } && !except.contains { $0.matches(path) }
    }
}

/// What is done because a package is in the image.
struct PackageActions: Sendable {
    /// The package's name, `*` allowed.
    var package: PathPattern
    var actions: [RuleAction]
}

/// One deed of a maintainer script, as data. Users and groups are names of the account table.
enum RuleAction: Sendable {
    case account(String)
    /// Created, or changed where packages ship it.
    case directory(ImagePath, mode: UInt16, user: String, group: String)
    /// Created root:root where nothing is there.
    case ensure(ImagePath, mode: UInt16)
    case emptyFile(ImagePath, mode: UInt16, user: String, group: String)
    case text(ImagePath, String)
    case symlink(ImagePath, to: String)
    /// A captured file's bytes, root:root 0644, unless something is there already.
    case copy(from: ImagePath, to: ImagePath)
    /// A link in a directory to each file of the package that matches, under the file's name after a prefix.
    case links(to: PathPattern, in: ImagePath, prefix: String)
    /// All captured files that match, sorted by path in byte order and joined, each ended by a newline.
    case bundle([PathPattern], suffix: String, to: ImagePath)
    /// The certificates of the same as a Java key store, which takes them in the same order.
    case keyStore([PathPattern], suffix: String, to: ImagePath)
    /// Another owner or mode for something that packages ship.
    case own(ImagePath, mode: UInt16?, user: String, group: String)
}

/// Users and groups with fixed numbers.
struct AccountTable: Sendable {
    struct User: Sendable, Equatable {
        var name: String
        var uid: UInt32
        var gid: UInt32
        var comment: String
        var home: String
        var shell: String

        init(_ name: String, _ uid: UInt32, _ gid: UInt32, _ comment: String, home: String, shell: String) {
            self.name = name
            self.uid = uid
            self.gid = gid
            self.comment = comment
            self.home = home
            self.shell = shell
        }
    }

    struct Group: Sendable, Equatable {
        var name: String
        var gid: UInt32

        init(_ name: String, _ gid: UInt32) {
            self.name = name
            self.gid = gid
        }
    }

    var users: [User]
    var groups: [Group]
    /// In every image.
    var always: [String]

    func user(_ name: String) -> User? { users.first { $0.name == name } }
    func group(_ name: String) -> Group? { groups.first { $0.name == name } }
}
