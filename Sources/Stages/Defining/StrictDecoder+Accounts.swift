// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension StrictDecoder {
    private static let accountsKeys = Keys(context: "'accounts'", known: ["run-as", "users", "groups"])
    private static let userKeys = Keys(
        context: "a user", known: ["username", "uid", "gid", "shell", "homedir"])
    private static let groupKeys = Keys(context: "a group", known: ["groupname", "gid", "members"])

    mutating func accounts(_ node: YAMLNode?, at root: SourceLocation) -> ImageDefinition.Accounts {
        var accounts = ImageDefinition.Accounts()
        if let node, let fields = fields(node, Self.accountsKeys) {
            accounts.users = list(fields["users"], "users").compactMap { user($0) }
            accounts.groups = list(fields["groups"], "groups").compactMap { group($0) }
            accounts.runAs = runAs(fields["run-as"])
            checkTwice(accounts)
            if fields["run-as"] != nil, accounts.runAs == nil { return accounts }
        }
        let name = accounts.runAs?.value.split(separator: ":").first
        if name == nil || name == "0" || name == "root" {
            report(
                Diagnostic(
                    .warning, .imageRunsAsRoot,
                    "the image runs as root; name another user with 'accounts: {run-as: …}'",
                    at: accounts.runAs?.location ?? node?.location ?? root))
        }
        return accounts
    }

    private mutating func user(_ node: YAMLNode) -> Located<ImageDefinition.Accounts.User>? {
        guard let fields = fields(node, Self.userKeys) else { return nil }
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
        return Located(.init(name: name, uid: uid, gid: gid, shell: shell, home: home), at: node.location)
    }

    private mutating func group(_ node: YAMLNode) -> Located<ImageDefinition.Accounts.Group>? {
        guard let fields = fields(node, Self.groupKeys) else { return nil }
        let name = accountName(require("groupname", fields), "groupname")
        let gid = identifier(require("gid", fields), "gid")
        let members = list(fields["members"], "members").compactMap { accountName($0, "members") }
        guard let name, let gid else { return nil }
        return Located(.init(name: name, gid: gid, members: members), at: node.location)
    }

    /// What useradd(8) accepts, and dots; above all nothing that would add a field or a line to passwd(5).
    private mutating func accountName(_ node: YAMLNode?, _ key: String) -> String? {
        guard let node, let text = line(node, key) else { return nil }
        let isName =
            text.utf8.count <= 32
            && text.utf8.enumerated().allSatisfy { index, byte in
                switch byte {
                case 0x41...0x5A, 0x61...0x7A, 0x5F: true
                case 0x30...0x39, 0x2D, 0x2E: index > 0
                case 0x24: index == text.utf8.count - 1 && index > 0
                default: false
                }
            }
        guard isName else {
            bad(node, key, text, "use letters, digits, _ - and ., at most 32, and begin with a letter or _")
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

    private mutating func checkTwice(_ accounts: ImageDefinition.Accounts) {
        for (index, user) in accounts.users.enumerated() {
            let earlier = accounts.users[..<index]
            if earlier.contains(where: { $0.value.name == user.value.name }) {
                fail(
                    .badValue(key: "username", value: user.value.name, reason: "it is defined twice"),
                    at: user.location)
            }
            if earlier.contains(where: { $0.value.uid == user.value.uid }) {
                fail(
                    .badValue(key: "uid", value: "\(user.value.uid)", reason: "two users have it"),
                    at: user.location)
            }
        }
        for (index, group) in accounts.groups.enumerated() {
            let earlier = accounts.groups[..<index]
            if earlier.contains(where: { $0.value.name == group.value.name }) {
                fail(
                    .badValue(key: "groupname", value: group.value.name, reason: "it is defined twice"),
                    at: group.location)
            }
            if earlier.contains(where: { $0.value.gid == group.value.gid }) {
                fail(
                    .badValue(key: "gid", value: "\(group.value.gid)", reason: "two groups have it"),
                    at: group.location)
            }
        }
    }
}
