// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

extension Planner {
    /// What the image's own package manager would go on from: `/etc/apk` with world, repositories, architecture and
    /// the keys that the definition trusts.
    mutating func addPackageManagerFiles() throws(ComposingError) {
        let world = baseLines("etc/apk/world") + definition.contents.packages.map(\.value.description)
        let repositories =
            baseLines("etc/apk/repositories") + definition.contents.repositories.map(\.value.description)
            + definition.contents.runtimeRepositories.map(\.value)
        try put(Self.lines(world), at: AlpineRules.path("etc/apk/world"), rule: "apk")
        try put(Self.lines(repositories), at: AlpineRules.path("etc/apk/repositories"), rule: "apk")
        try put(
            Self.lines([architecture.alpineName]), at: AlpineRules.path("etc/apk/arch"), rule: "apk")
        for item in definition.contents.keyring {
            let name = KeyringEntry(item.value, relativeTo: HostPath("/")).name
            guard let path = AlpineRules.path("etc/apk/keys").appending(name) else { continue }
            guard let blob = local.sources[item.value] else {
                warn(
                    .keyMissing,
                    "the key \(item.value) is not put into \(path), as it was not read; the image's own apk "
                        + "cannot check what it stands for", at: item.location)
                continue
            }
            let file = ComposedFile(
                path: path, kind: .file, mode: 0o644, uid: 0, gid: 0, size: blob.size, digest: blob.digest,
                target: nil, owner: .rule("apk"))
            guard !definitionRules.replaces(path) else { continue }
            try tree.put(TreeNode(file: file, source: .blob(blob)))
        }
    }

    /// `apko-json`: the definition as it was built, for one architecture and with the versions that were found. One line,
    /// mode 0444, as apko writes it.
    mutating func addApkoJSON() throws(ComposingError) {
        guard case .object(var document)? = definition.apkoJSON,
            case .object(var contents)? = document["contents"]
        else { return }
        let packages = inputs.map(\.package).filter { $0.role == .installed }
        contents["packages"] = .array(
            packages.map { "\($0.name)=\($0.version)" }.sorted().map { .string($0) })
        document["contents"] = .object(contents)
        document["archs"] = .array([.string(architecture.platformName)])
        do {
            let text = try CanonicalJSON.encode(JSONValue.object(document)) + [0x0A]
            try put(text, at: AlpineRules.path("etc/apko.json"), mode: 0o444, rule: "apko-json")
        } catch let error as ComposingError { throw error } catch { throw .unwritable("\(error)") }
    }

    /// Sorted, each once, each ended by a newline.
    private static func lines(_ texts: [String]) -> [UInt8] {
        Set(texts).sorted().flatMap { Array($0.utf8) + [0x0A] }
    }

    /// `runtime_keyring`: keys that the image trusts and the build does not.
    mutating func addRuntimeKeys() throws(ComposingError) {
        for item in definition.contents.runtimeKeyring {
            guard let path = AlpineRules.path("etc/apk/keys").appending(item.value.name) else {
                throw .definition(item.location, reason: "'\(item.value.name)' is no file's name")
            }
            try put(Array(item.value.content.utf8), at: path, rule: "runtime-keyring")
        }
    }
}

extension Diagnostic.Code {
    static let keyMissing = Self(rawValue: "key-missing")
}
