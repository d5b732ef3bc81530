// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// What the packages' family says of a definition: which of its values mean something, and what is meant where
/// nothing is said. Its parts are in the families' folders.
struct FamilyLanguage: Sendable {
    /// In sentences: "Debian".
    var name: String
    /// Nil for a name that means no architecture to it.
    var architecture: @Sendable (String) -> Architecture? = {
        Architecture($0) ?? Architecture(alpineName: $0)
    }
    var architectureNames = Architecture.names
    /// Without `archs`, and what the user hears then.
    var defaultArchitectures = [Architecture.amd64]
    var defaultArchitecturesNote = "no 'archs': the image is made for amd64 alone"
    /// Keys without meaning, by their way from the definition's root, and what to do instead.
    var foreignKeys: [[String]: String] = [:]
    /// Why a package cannot be asked for so.
    var objectionToRequest: @Sendable (PackageRequest) -> String? = { _ in nil }
    /// Why a keyring cannot be named so.
    var objectionToKey: @Sendable (String) -> String? = { _ in nil }
    /// Whether a file of such a name is a key of the family's repositories.
    var isKey: @Sendable (String) -> Bool = { _ in true }
    /// What a user has where nothing is said; nil leaves it to the composition.
    var shell: String?
    var home: @Sendable (_ user: String) -> String? = { _ in nil }

    /// The key of a pipeline's `needs` that names packages of the family, where it is there.
    var needsKey = "packages"

    /// What a first recipe's build root holds.
    var firstBuildRoot = ["build-base", "busybox", "ca-certificates-bundle"]

    /// What a first definition says of who the container runs as.
    var firstAccounts = ["accounts:", "  run-as: nonroot"]

    /// The one place that chooses. A definition without repositories, as a template is, may say everything.
    static func of(_ family: PackageFamily?) -> FamilyLanguage {
        switch family {
        case .debian: .debian
        case .alpine: .alpine
        case nil: FamilyLanguage(name: "any")
        }
    }
}

extension StrictDecoder {
    /// Refuses keys that the packages' family has no use for; empty ones say nothing.
    mutating func refuseForeign(_ root: YAMLNode) {
        for (path, instead) in language.foreignKeys {
            guard let entry = Self.entry(path, in: root) else { continue }
            fail(
                .foreign(key: path.joined(separator: "."), family: language.name, instead: instead),
                at: entry.place)
        }
    }

    /// apko allows nothing that the image below says already.
    mutating func refuseOnBase(_ root: YAMLNode) {
        for key in [
            "entrypoint", "cmd", "stop-signal", "work-dir", "environment", "accounts", "paths", "files",
            "volumes", "annotations", "layering",
        ] {
            guard let entry = Self.entry([key], in: root) else { continue }
            fail(.notOnBase(key: key), at: entry.place)
        }
    }

    private static func entry(_ path: [String], in root: YAMLNode) -> YAMLNode.Entry? {
        var keys: Keys? = .definition
        var node = root
        var found: YAMLNode.Entry?
        for name in path {
            guard let entry = node[name], let key = keys?[name], !key.isAbsent(entry.value),
                !entry.value.isEmpty
            else { return nil }
            found = entry
            node = entry.value
            keys = key.shape.inner
        }
        return found
    }
}

extension Shape {
    /// The keys of a mapping that may stand here.
    fileprivate var inner: Keys? {
        switch self {
        case .mapping(let keys): keys
        case .either(let left, let right): left.inner ?? right.inner
        default: nil
        }
    }
}
