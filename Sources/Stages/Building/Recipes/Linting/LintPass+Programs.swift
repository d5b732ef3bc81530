// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Vocabulary

/// What the content of programs, libraries and scripts says.
extension LintPass {
    private static let programFolders: Set<String> = [
        "bin", "sbin", "lib", "lib64", "usr/bin", "usr/sbin", "usr/lib", "usr/lib64",
    ]

    mutating func checkProgram(_ entry: LintTree.Entry) {
        guard entry.isFile else { return }
        if let interpreter = entry.script?.interpreter, isInBuild(interpreter) {
            find(.shebang, entry.path, "is run by \(interpreter), a program of the build's folder")
        } else if entry.namesBuildFolder, entry.elf?.hardening.hasDebugSections != true {
            find(.buildpath, entry.path, "names the build's folder \(Recipe.workspace)")
        }
        guard let (facts, hardening) = entry.elf else { return }
        checkMachine(entry, facts)
        if hardening.kind == .object || hardening.kind == .other { return }
        if hardening.stack == .executable {
            find(.execstack, entry.path, "asks for an executable stack")
        } else if hardening.stack == .unsaid {
            find(.execstack, entry.path, "does not say that its stack is not executable", refuses: false)
        }
        if hardening.hasTextRelocations {
            find(.textrel, entry.path, "writes to its own code when it is loaded")
        }
        for folder in facts.runPath {
            if let fault = Self.fault(of: folder) {
                find(.rpath, entry.path, "looks for libraries in '\(folder)', \(fault)")
            }
        }
        if hardening.isDynamic, !hardening.hasRelro {
            find(.relro, entry.path, "stays writable where its tables of functions are (no PT_GNU_RELRO)")
        }
        if hardening.hasDebugSections, !subject.name.hasSuffix("-dbg"), !subject.name.hasSuffix("-debug") {
            find(.strip, entry.path, "holds debugging information")
        }
    }

    private func isInBuild(_ path: String) -> Bool {
        path == Recipe.workspace || path.hasPrefix(Recipe.workspace + "/")
    }

    /// Why a folder must not be looked into; nil for a good one.
    private static func fault(of folder: String) -> String? {
        if folder == Recipe.workspace || folder.hasPrefix(Recipe.workspace + "/") {
            return "the build's folder"
        }
        if ["/tmp", "/var/tmp", "/home", "/dev/shm"].contains(where: {
            folder == $0 || folder.hasPrefix($0 + "/")
        }) {
            return "where others can write"
        }
        if folder.isEmpty
            || !folder.hasPrefix("/") && !folder.hasPrefix("$ORIGIN") && !folder.hasPrefix("${ORIGIN}")
        {
            return "which depends on the working directory"
        }
        return nil
    }

    private mutating func checkMachine(_ entry: LintTree.Entry, _ facts: ELFFacts) {
        let isWhereLoaded = Self.programFolders.contains(entry.parent)
        guard let expected = Architecture(subject.architecture).flatMap(ELFMachine.of) else {
            if ["noarch", "all", "any"].contains(subject.architecture) {
                find(.binaryarch, entry.path, "is machine code in a package for every architecture")
            }
            return
        }
        guard facts.machine != expected.number || facts.is64Bit != expected.is64Bit else { return }
        let own = ELFMachine.of(facts).map { "\($0.architecture)" } ?? "machine \(facts.machine)"
        find(
            .binaryarch, entry.path,
            "is made for \(own), and the package for \(subject.architecture)",
            refuses: isWhereLoaded)
    }
}
