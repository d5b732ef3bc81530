// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

extension Planner {
    /// Writes `/etc/passwd` and `/etc/group` with those who are needed: root, nobody, nonroot, the accounts of
    /// services, of the definition, of run-as, and whoever owns something. Makes the homes of users that have none.
    mutating func addDebianAccounts() throws(ComposingError) -> ImageAccounts {
        var accounts = ImageAccounts()
        for user in definition.accounts.users.map(\.value) {
            accounts.users.append(
                AccountTable.User(
                    user.name, user.uid, user.gid ?? user.uid, "", home: user.home ?? "/home/\(user.name)",
                    shell: user.shell ?? "/usr/sbin/nologin"))
        }
        for group in definition.accounts.groups.map(\.value) {
            accounts.groups.append(
                ImageAccounts.Group(name: group.name, gid: group.gid, members: group.members))
        }
        for name in neededNames() where accounts.user(name) == nil {
            if let user = family.accounts.user(name), accounts.user(uid: user.uid) == nil {
                accounts.users.append(user)
            }
        }
        let owners = Set(tree.nodes.values.map(\.file.uid))
        for uid in owners.sorted() where accounts.user(uid: uid) == nil {
            if let user = family.accounts.users.first(where: { $0.uid == uid }) {
                accounts.users.append(user)
            } else {
                note(.ownerUnknown, "files of the image belong to the user \(uid), who has no name in it")
            }
        }
        addGroups(to: &accounts)
        try makeHomes(accounts)
        try put(Array(accounts.passwd.utf8), at: DebianRules.passwdFile, rule: "accounts")
        try put(Array(accounts.groupFile.utf8), at: DebianRules.groupFile, rule: "accounts")
        return accounts
    }

    private func neededNames() -> [String] {
        var names = family.accounts.always
        for rule in family.actions {
            guard inputs.contains(where: { rule.package.matches(name: $0.package.name.text) }) else {
                continue
            }
            for case .account(let name) in rule.actions { names.append(name) }
        }
        if let runAs = definition.accounts.runAs?.value {
            let user = runAs.prefix { $0 != ":" }
            names.append(String(user))
            if let uid = UInt32(user), let known = family.accounts.users.first(where: { $0.uid == uid }) {
                names.append(known.name)
            }
        }
        return names
    }

    private func addGroups(to accounts: inout ImageAccounts) {
        var gids = Set(tree.nodes.values.map(\.file.gid)).union(accounts.users.map(\.gid))
        gids.insert(0)
        for gid in gids.sorted() where !accounts.groups.contains(where: { $0.gid == gid }) {
            if let group = family.accounts.groups.first(where: { $0.gid == gid }),
                accounts.group(group.name) == nil
            {
                accounts.groups.append(ImageAccounts.Group(name: group.name, gid: gid))
            } else if let user = accounts.users.first(where: { $0.gid == gid && $0.uid == gid }) {
                accounts.groups.append(ImageAccounts.Group(name: user.name, gid: gid))
            }
        }
    }

    private mutating func makeHomes(_ accounts: ImageAccounts) throws(ComposingError) {
        let own = Set(definition.accounts.users.map(\.value.name)).union(["nonroot"])
        for user in accounts.users where own.contains(user.name) {
            guard user.home != "/dev/null", user.home != "/nonexistent",
                let path = ImagePath(user.home).map(map),
                !path.isRoot, tree.resolve(path.absolute) == nil, tree[path] == nil
            else { continue }
            let file = ComposedFile(
                path: path, kind: .directory, mode: 0o700, uid: user.uid, gid: user.gid, size: 0, digest: nil,
                target: nil, owner: .rule("accounts"))
            try tree.put(TreeNode(file: file, source: .directory))
        }
    }
}
