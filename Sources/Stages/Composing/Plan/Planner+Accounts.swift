// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// The users and groups of a finished image.
struct ImageAccounts: Sendable {
    struct Group: Sendable {
        var name: String
        var gid: UInt32
        var members: [String] = []
    }

    var users: [AccountTable.User] = []
    var groups: [Group] = []

    func user(_ name: some StringProtocol) -> AccountTable.User? { users.first { $0.name == name } }
    func user(uid: UInt32) -> AccountTable.User? { users.first { $0.uid == uid } }
    func group(_ name: some StringProtocol) -> Group? { groups.first { $0.name == name } }

    /// passwd(5); the password is `*`: nobody logs in.
    var passwd: String {
        users.sorted { ($0.uid, $0.name) < ($1.uid, $1.name) }
            .map { "\($0.name):*:\($0.uid):\($0.gid):\($0.comment):\($0.home):\($0.shell)\n" }.joined()
    }

    /// group(5).
    var groupFile: String {
        groups.sorted { ($0.gid, $0.name) < ($1.gid, $1.name) }
            .map { "\($0.name):*:\($0.gid):\($0.members.joined(separator: ","))\n" }.joined()
    }
}

extension Planner {
    /// Writes `/etc/passwd` and `/etc/group` with those who are needed: root, nobody, nonroot, the accounts of
    /// services, of the definition, of run-as, and whoever owns something. Makes the homes of users that have none.
    mutating func addAccounts() throws(ComposingError) -> ImageAccounts {
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
        try put(Array(accounts.passwd.utf8), at: family.passwdFile, rule: "accounts")
        try put(Array(accounts.groupFile.utf8), at: family.groupFile, rule: "accounts")
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

    /// run-as as numbers, which need no file of the image to be understood: `uid:gid`, or the uid alone where nobody
    /// knows its group.
    func runAs(_ accounts: ImageAccounts) throws(ComposingError) -> String? {
        guard let runAs = definition.accounts.runAs else { return nil }
        let parts = runAs.value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let user = UInt32(parts[0]).flatMap { accounts.user(uid: $0) } ?? accounts.user(parts[0])
        guard let uid = UInt32(parts[0]) ?? user?.uid else {
            throw .unknownAccount(String(parts[0]), runAs.location)
        }
        guard parts.count == 2 else { return user.map { "\(uid):\($0.gid)" } ?? "\(uid)" }
        guard
            let gid = UInt32(parts[1]) ?? accounts.group(parts[1])?.gid
                ?? family.accounts.group(String(parts[1]))?.gid
        else { throw .unknownAccount(String(parts[1]), runAs.location) }
        return "\(uid):\(gid)"
    }
}
