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
