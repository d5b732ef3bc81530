// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension FamilyLanguage {
    static let debian: FamilyLanguage = {
        let oneProgram = "an image starts one program; name it with 'command'"
        let noManager = "an image has no package manager that would read it; remove it"
        var debian = FamilyLanguage(name: "Debian")
        debian.architecture = { Architecture($0) }
        debian.needsKey = "debian"
        debian.firstBuildRoot = [
            "binutils", "coreutils", "dash", "findutils", "gawk", "gcc", "grep", "libc6-dev", "make", "sed",
        ]
        debian.foreignKeys = [
            ["contents", "runtime_repositories"]: noManager,
            ["contents", "runtime_keyring"]: noManager,
            ["contents", "baseimage"]: "an image of Debian packages stands alone; name all of its packages",
            ["entrypoint", "type"]: oneProgram,
            ["entrypoint", "services"]: oneProgram,
            ["entrypoint", "shell-fragment"]: "an image has no shell; name a program with 'command'",
            ["apko-json"]: "the definition is in the image's evidence; remove it",
            ["certificates"]: "name a package that brings certificates, or use 'files'",
        ]
        debian.objectionToRequest = { request in
            if request.isExcluded { return "write the name under 'drop'" }
            if request.tag != nil { return "Debian repositories have no tags; name the version" }
            switch request.constraint?.relation {
            case .fuzzy, .fuzzyLess, .fuzzyGreater:
                return "'~' is no relation of Debian's; use = < > <= >="
            default: return nil
            }
        }
        debian.objectionToKey = { key in
            key.contains("://") ? "Debian keyrings are not downloaded; name a file of this machine" : nil
        }
        debian.isKey = { key in [".gpg", ".pgp", ".asc"].contains(where: key.hasSuffix) }
        return debian
    }()
}
