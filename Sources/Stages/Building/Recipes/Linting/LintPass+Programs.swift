// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Vocabulary

/// What the content of programs, libraries and scripts says.
extension LintPass {
    /// `e_machine` and the class of what runs on an architecture, by each family's name of it.
    private static let machines: [String: (machine: UInt16, is64Bit: Bool)] = [
        "x86_64": (62, true), "amd64": (62, true), "x86": (3, false), "i386": (3, false),
        "aarch64": (183, true), "arm64": (183, true), "armv7": (40, false), "armhf": (40, false),
        "armel": (40, false), "riscv64": (243, true), "ppc64le": (21, true), "ppc64el": (21, true),
        "s390x": (22, true), "loongarch64": (258, true), "mips64el": (8, true),
    ]
    private static let programFolders: Set<String> = [
        "bin", "sbin", "lib", "lib64", "usr/bin", "usr/sbin", "usr/lib", "usr/lib64",
    ]

    mutating func checkProgram(_ entry: LintTree.Entry) {
        guard entry.isFile else { return }
        if let interpreter = entry.interpreter, isInBuild(interpreter) {
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
        guard let expected = Self.machines[subject.architecture] else {
            if ["noarch", "all", "any"].contains(subject.architecture) {
                find(.binaryarch, entry.path, "is machine code in a package for every architecture")
            }
            return
        }
        guard facts.machine != expected.machine || facts.is64Bit != expected.is64Bit else { return }
        let names = Self.machines.filter { $0.value == (facts.machine, facts.is64Bit) }.keys.sorted()
        find(
            .binaryarch, entry.path,
            "is made for \(names.first ?? "machine \(facts.machine)"), and the package for \(subject.architecture)",
            refuses: isWhereLoaded)
    }
}
