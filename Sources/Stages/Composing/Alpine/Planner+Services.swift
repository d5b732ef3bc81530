// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

extension Planner {
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
