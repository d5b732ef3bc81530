// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension FamilyLanguage {
    /// apko's meaning throughout.
    static let alpine: FamilyLanguage = {
        var alpine = FamilyLanguage(name: "Alpine")
        // The family's own name first: its armhf is ARMv6, Debian's is ARMv7.
        alpine.architecture = { Architecture(alpineName: $0) ?? Architecture($0) }
        alpine.architectureNames = Architecture.ociNames
        alpine.defaultArchitectures = Architecture.all
        alpine.defaultArchitecturesNote =
            "no 'archs': as apko does, the image is made for all of "
            + alpine.defaultArchitectures.map(\.platformName).joined(separator: ", ")
            + "; name those that the repositories have, or choose with --arch"
        alpine.foreignKeys = [
            ["contents", "keep"]: "nothing of what they need is left out; remove it",
            ["contents", "drop"]: "write '!name' under 'packages'",
        ]
        alpine.objectionToRequest = { request in
            guard request.isExcluded, request.tag != nil else { return nil }
            return "what must not be there comes from no repository; leave the tag out"
        }
        alpine.objectionToKey = { key in
            guard key.contains("://") else { return nil }
            do throws(RepositoryLineError) {
                _ = try RepositoryLine.url(key, of: ["https://", "http://", "file:///"])
                return nil
            } catch { return error.reason }
        }
        alpine.isKey = { key in ![".gpg", ".pgp", ".asc"].contains(where: key.hasSuffix) }
        alpine.shell = "/bin/sh"
        alpine.home = { "/home/\($0)" }
        alpine.firstAccounts = [
            "accounts:", "  run-as: nonroot", "  users:", "    - {username: nonroot, uid: 65532}",
            "  groups:",
            "    - {groupname: nonroot, gid: 65532}",
        ]
        return alpine
    }()
}
