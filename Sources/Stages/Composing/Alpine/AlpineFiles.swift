// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

extension Planner {
    /// What the image's own package manager would go on from: `/etc/apk` with world, repositories, architecture and
    /// the keys that the definition trusts.
    mutating func addPackageManagerFiles() throws(ComposingError) {
        let world = definition.contents.packages.map(\.value.description)
        let repositories =
            definition.contents.repositories.map(\.value.description)
            + definition.contents.runtimeRepositories.map(\.value)
        try put(Self.lines(world), at: AlpineRules.path("etc/apk/world"), rule: "apk")
        try put(Self.lines(repositories), at: AlpineRules.path("etc/apk/repositories"), rule: "apk")
        try put(
            Self.lines([architecture.alpineName]), at: AlpineRules.path("etc/apk/arch"), rule: "apk")
        for item in definition.contents.keyring {
            let name = item.value.prefix { $0 != "?" && $0 != "#" }.split(separator: "/").last ?? ""
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

    /// The links of busybox to its applets, from the list that its package ships; what has one of the names already
    /// keeps it.
    mutating func addBusyboxLinks() throws(ComposingError) {
        guard let busybox = tree.resolve("/bin/busybox"), busybox.file.kind.isRegular else { return }
        guard case .package(let owner) = busybox.file.owner,
            let list = AlpineRules.busyboxLists.appending(owner.text), let bytes = content(at: list)
        else {
            warn(
                .appletsUnlinked,
                "busybox is in the image and no list in \(AlpineRules.busyboxLists) says which links its "
                    + "applets need; they can be started as 'busybox NAME' alone")
            return
        }
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let path = ImagePath(line).map(map), !path.isRoot, tree[path] == nil else { continue }
            try link(path, to: "/bin/busybox", rule: "busybox")
        }
    }

    /// s6 services: a directory each below /sv with the program that starts it. They belong to whom the image runs as,
    /// since the supervisor writes beside them; apko lets everybody write there.
    mutating func addServices(_ accounts: ImageAccounts) throws(ComposingError) {
        guard !definition.process.services.isEmpty else { return }
        let user = try runAs(accounts)?.split(separator: ":").map { UInt32($0) ?? 0 } ?? [0]
        let (uid, gid) = (user[0], user.count > 1 ? user[1] : user[0])
        let root = AlpineRules.path("sv")
        try makeDirectory(root, uid: uid, gid: gid, rule: "services")
        for (name, command) in definition.process.services.sorted(by: { $0.key < $1.key }) {
            guard !name.contains("/"), name != "..", let directory = root.appending(name), directory != root,
                let run = directory.appending("run")
            else { throw .unwritable("'\(name)' cannot be the name of a service; use letters and digits") }
            try makeDirectory(directory, uid: uid, gid: gid, rule: "services")
            try put(Array("#!/bin/execlineb\n\(command)\n".utf8), at: run, mode: 0o755, rule: "services")
        }
    }
}

extension Diagnostic.Code {
    static let keyMissing = Self(rawValue: "key-missing")
    static let appletsUnlinked = Self(rawValue: "applets-unlinked")
}
