// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// An image's passwd(5) and group(5), and what they make of the user that its configuration names (OCI image-spec,
/// config.md, "User").
struct ImageAccounts: Equatable {
    struct User: Equatable {
        var uid: UInt32
        var gid: UInt32
        var additionalGroups: [UInt32]
        var home: String?
    }

    private struct Line: Equatable {
        var name: String
        var fields: [String]
    }

    private static let lineLimit = 100_000
    private let passwd: [Line]
    private let group: [Line]

    init(passwd: [UInt8], group: [UInt8]) {
        self.passwd = Self.lines(passwd, fields: 7)
        self.group = Self.lines(group, fields: 4)
    }

    /// `user`, `uid`, `user:group`, `uid:gid` and mixtures; nothing is root. A number need not be known: its group is
    /// then root's, as every runtime has it.
    func resolve(_ text: String?) throws(RunningError) -> User {
        guard let text, !text.isEmpty else { return try resolve("0") }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        let entry = passwd.first { $0.name == parts[0] } ?? passwd.first { $0.fields[2] == parts[0] }
        guard let uid = entry.flatMap({ UInt32($0.fields[2]) }) ?? UInt32(parts[0]) else {
            throw .unknownUser(text)
        }
        var user = User(uid: uid, gid: 0, additionalGroups: [], home: entry?.fields[5])
        if parts.count == 2 {
            let entry = group.first { $0.name == parts[1] }
            guard let gid = entry.flatMap({ UInt32($0.fields[2]) }) ?? UInt32(parts[1]) else {
                throw .unknownUser(text)
            }
            user.gid = gid
        } else if let entry {
            user.gid = UInt32(entry.fields[3]) ?? 0
            user.additionalGroups = group.filter {
                $0.fields[3].split(separator: ",").contains(Substring(entry.name))
            }.compactMap { UInt32($0.fields[2]) }.filter { $0 != user.gid }
        }
        return user
    }

    /// Lines with too few fields are no accounts.
    private static func lines(_ bytes: [UInt8], fields count: Int) -> [Line] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).prefix(lineLimit).compactMap
        {
            let fields = $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard fields.count >= count, !fields[0].isEmpty, !fields[0].hasPrefix("#") else { return nil }
            return Line(name: fields[0], fields: fields)
        }
    }
}
