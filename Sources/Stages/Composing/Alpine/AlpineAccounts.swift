// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// passwd(5), group(5) and shadow(5) as packages ship them, line by line: what is not understood stays as it is.
struct AccountLines {
    private(set) var lines: [Substring]

    init(_ bytes: [UInt8]) {
        lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: true)
    }

    var bytes: [UInt8] { lines.flatMap { Array($0.utf8) + [0x0A] } }

    /// The fields of every line that has as many.
    func records(fields count: Int) -> [[Substring]] {
        lines.map { $0.split(separator: ":", omittingEmptySubsequences: false) }.filter { $0.count >= count }
    }

    func contains(_ name: String) -> Bool { lines.contains { $0.hasPrefix("\(name):") } }

    /// Puts a line at the end, or in the place of those with its name.
    mutating func set(_ name: String, _ line: String) {
        guard let place = lines.firstIndex(where: { $0.hasPrefix("\(name):") }) else {
            lines.append(line[...])
            return
        }
        lines[place] = line[...]
        let rest = lines[(place + 1)...].filter { !$0.hasPrefix("\(name):") }
        lines = lines[...place] + rest
    }
}

extension Planner {
    /// The definition's users and groups at the end of the packages' own files, as apko puts them there, and the homes
    /// of all users who have none. A name that packages have already takes the definition's numbers, with a diagnostic.
    mutating func addAlpineAccounts() throws(ComposingError) -> ImageAccounts {
        var passwd = AccountLines(content(at: AlpineRules.passwd) ?? [])
        var group = AccountLines(content(at: AlpineRules.group) ?? [])
        var shadow = AccountLines(content(at: AlpineRules.shadow) ?? [])
        for located in definition.accounts.groups {
            let item = located.value
            complain(of: item.name, "group", in: group, located.location)
            group.set(item.name, "\(item.name):x:\(item.gid):\(item.members.joined(separator: ","))")
        }
        for located in definition.accounts.users {
            let user = located.value
            complain(of: user.name, "user", in: passwd, located.location)
            let home = user.home ?? "/home/\(user.name)"
            passwd.set(
                user.name,
                "\(user.name):x:\(user.uid):\(user.gid ?? user.uid)::\(home):\(user.shell ?? "/bin/sh")")
            shadow.set(user.name, "\(user.name):!:::::::")
        }
        // apko writes passwd where nobody has one, too.
        let hasUsers = !definition.accounts.users.isEmpty
        if hasUsers || tree.resolve(AlpineRules.passwd.absolute) == nil {
            try write(passwd.bytes, at: AlpineRules.passwd, rule: "accounts")
        }
        if !definition.accounts.groups.isEmpty {
            try write(group.bytes, at: AlpineRules.group, rule: "accounts")
        }
        if hasUsers { try write(shadow.bytes, at: AlpineRules.shadow, mode: 0o640, rule: "accounts") }
        let accounts = Self.accounts(passwd, group)
        for user in accounts.users { makeHome(of: user) }
        return accounts
    }

    private mutating func complain(
        of name: String, _ kind: String, in lines: AccountLines, _ location: SourceLocation
    ) {
        guard lines.contains(name) else { return }
        warn(
            .accountReplaced,
            "the \(kind) '\(name)' is in the packages already; the definition's takes its place, and files that "
                + "packages gave to the old number keep it",
            at: location)
    }

    private static func accounts(_ passwd: AccountLines, _ group: AccountLines) -> ImageAccounts {
        var accounts = ImageAccounts()
        for fields in passwd.records(fields: 7) {
            guard let uid = UInt32(fields[2]), let gid = UInt32(fields[3]) else { continue }
            accounts.users.append(
                AccountTable.User(
                    String(fields[0]), uid, gid, String(fields[4]), home: String(fields[5]),
                    shell: String(fields[6])))
        }
        for fields in group.records(fields: 4) {
            guard let gid = UInt32(fields[2]) else { continue }
            accounts.groups.append(
                ImageAccounts.Group(
                    name: String(fields[0]), gid: gid,
                    members: fields[3].split(separator: ",").map(String.init)))
        }
        return accounts
    }

    /// Mode 0700, the user's own; parents are root's. What is there already stays, as users of the system have their
    /// homes in `/bin` and the like.
    private mutating func makeHome(of user: AccountTable.User) {
        guard user.home.hasPrefix("/"), user.home != "/dev/null", let path = ImagePath(user.home).map(map),
            !path.isRoot, tree[path] == nil, tree.resolve(path.absolute) == nil
        else { return }
        do throws(ComposingError) {
            try makeDirectory(path, mode: 0o700, uid: user.uid, gid: user.gid, rule: "accounts")
        } catch {
            warn(.homeMissing, "the home of \(user.name) cannot be made: \(error)")
        }
    }
}

extension Diagnostic.Code {
    static let accountReplaced = Self(rawValue: "account-replaced")
    static let homeMissing = Self(rawValue: "home-missing")
}
