// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension StrictDecoder {
    mutating func accounts(_ node: YAMLNode?) -> ImageDefinition.Accounts {
        var accounts = ImageDefinition.Accounts()
        guard let node, let fields = fields(node, .accounts) else { return accounts }
        accounts.users = list(fields["users"], "users").compactMap { user($0) }
        accounts.groups = list(fields["groups"], "groups").compactMap { group($0) }
        accounts.runAs = runAs(fields["run-as"])
        checkTwice(&accounts)
        return accounts
    }

    /// Nobody should run as root by accident; `place` is where another user would be named.
    mutating func warnOfRoot(_ accounts: ImageDefinition.Accounts, at place: SourceLocation) {
        let name = accounts.runAs?.value.split(separator: ":").first
        guard name == nil || name == "0" || name == "root" else { return }
        report(
            Diagnostic(
                .warning, .imageRunsAsRoot,
                "the image runs as root; name another user with 'accounts: {run-as: …}'",
                at: accounts.runAs?.location ?? place))
    }

    private mutating func user(_ node: YAMLNode) -> Located<ImageDefinition.Accounts.User>? {
        guard let fields = fields(node, .user) else { return nil }
        let name = accountName(require("username", fields), "username")
        let number = require("uid", fields)
        let uid = identifier(number, "uid")
        if let number, uid == 0 {
            bad(number, "uid", "0", "root is in every image already")
            return nil
        }
        let gid = identifier(fields["gid"], "gid")
        let shell = accountPath(fields["shell"], "shell")
        let home = accountPath(fields["homedir"], "homedir")
        guard let name, let uid else { return nil }
        return Located(
            .init(
                name: name, uid: uid, gid: gid, shell: shell ?? language.shell,
                home: home ?? language.home(name)
            ), at: node.location)
    }

    private mutating func group(_ node: YAMLNode) -> Located<ImageDefinition.Accounts.Group>? {
        guard let fields = fields(node, .group) else { return nil }
        let name = accountName(require("groupname", fields), "groupname")
        let gid = identifier(require("gid", fields), "gid")
        let members = list(fields["members"], "members").compactMap { accountName($0, "members") }
        guard let name, let gid else { return nil }
        return Located(.init(name: name, gid: gid, members: members), at: node.location)
    }

    /// What useradd(8) accepts, but longer, and dots; above all nothing that would add a field or a line to passwd(5).
    private mutating func accountName(_ node: YAMLNode?, _ key: String) -> String? {
        guard let node, let text = line(node, key) else { return nil }
        let isName =
            text.utf8.count <= 255
            && text.utf8.enumerated().allSatisfy { index, byte in
                switch byte {
                case 0x41...0x5A, 0x61...0x7A, 0x5F: true
                case 0x30...0x39, 0x2D, 0x2E: index > 0
                case 0x24: index == text.utf8.count - 1 && index > 0
                default: false
                }
            }
        guard isName else {
            bad(node, key, text, "use letters, digits, _ - and ., at most 255, and begin with a letter or _")
            return nil
        }
        return text
    }

    /// An empty text is kept: it means none.
    private mutating func accountPath(_ node: YAMLNode?, _ key: String) -> String? {
        guard let node, let text = text(node, key), !text.isEmpty else { return nil }
        guard !text.contains(":") else {
            bad(node, key, text, "a ':' would end the field")
            return nil
        }
        return absolutePath(node, key)
    }

    /// `name`, `uid`, `uid:gid` or `name:group`.
    private mutating func runAs(_ node: YAMLNode?) -> Located<String>? {
        guard let node, let text = line(node, "run-as") else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for part in parts where UInt32(part) == nil || UInt32(part) == UInt32.max {
            let isNumber = part.first?.isNumber ?? false
            guard !isNumber,
                accountName(
                    YAMLNode(content: .scalar(String(part), plain: false), location: node.location), "run-as")
                    != nil
            else {
                if isNumber { bad(node, "run-as", text, "it is no user's number") }
                return nil
            }
        }
        guard parts.count <= 2 else {
            bad(node, "run-as", text, "write a user, or USER:GROUP")
            return nil
        }
        return Located(text, at: node.location)
    }

    /// What stands twice in the same words, as where a file is included, is taken once; what contradicts itself is
    /// refused.
    private mutating func checkTwice(_ accounts: inout ImageDefinition.Accounts) {
        accounts.users = once(accounts.users, "username") { $0.name }
        accounts.groups = once(accounts.groups, "groupname") { $0.name }
        for (index, user) in accounts.users.enumerated()
        where accounts.users[..<index].contains(where: { $0.value.uid == user.value.uid }) {
            shared("uid", user.value.uid, "users", at: user.location)
        }
        for (index, group) in accounts.groups.enumerated()
        where accounts.groups[..<index].contains(where: { $0.value.gid == group.value.gid }) {
            shared("gid", group.value.gid, "groups", at: group.location)
        }
    }

    private mutating func once<Account: Equatable>(
        _ accounts: [Located<Account>], _ key: String, name: (Account) -> String
    ) -> [Located<Account>] {
        var kept: [Located<Account>] = []
        for account in accounts {
            let earlier = kept.first { name($0.value) == name(account.value) }
            if earlier?.value == account.value {
                report(
                    Diagnostic(
                        .warning, .duplicateValue,
                        "'\(name(account.value))' is defined twice in the same words",
                        at: account.location))
            } else if earlier != nil {
                fail(
                    .badValue(
                        key: key, value: name(account.value), reason: "it is defined twice, and not the same"),
                    at: account.location)
            } else {
                kept.append(account)
            }
        }
        return kept
    }

    /// Two names for one number are allowed, and rarely meant.
    private mutating func shared(_ key: String, _ number: UInt32, _ what: String, at place: SourceLocation) {
        report(
            Diagnostic(
                .warning, .duplicateValue,
                "two \(what) have the \(key) \(number); programs see the first name",
                at: place))
    }
}
