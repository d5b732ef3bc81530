// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// What paths, rights and names say.
extension LintPass {
    private static let forbidden: [(folder: String, linter: Linter, message: String)] = [
        ("dev", .dev, "lies among the devices"),
        ("tmp", .tempdir, "lies where everything is temporary"),
        ("var/tmp", .tempdir, "lies where everything is temporary"),
        ("run", .tempdir, "lies where everything is temporary"),
        ("var/run", .tempdir, "lies where everything is temporary"),
        ("home", .homedir, "lies in a home"), ("root", .homedir, "lies in a home"),
        ("var/empty", .varempty, "lies in /var/empty"),
        ("usr/local", .usrlocal, "lies below /usr/local"), ("opt", .opt, "lies below /opt"),
        ("srv", .srv, "lies below /srv"), ("var/lib/db/sbom", .sbom, "is a bill of materials"),
        ("bin", .usrmerge, "lies beside /usr"), ("sbin", .usrmerge, "lies beside /usr"),
        ("lib", .usrmerge, "lies beside /usr"), ("lib64", .usrmerge, "lies beside /usr"),
        ("usr/lib64", .usrmerge, "lies in /usr/lib64, and libraries are in /usr/lib"),
    ]

    mutating func checkPlace(_ entry: LintTree.Entry) {
        guard entry.status.kind != .directory else { return }
        for (folder, linter, message) in Self.forbidden where entry.path.text.hasPrefix(folder + "/") {
            if linter == .usrmerge, Self.isLoader(entry) { continue }
            if linter == .sbom, entry.name.hasPrefix("\(subject.name)-") { continue }
            find(linter, entry.path, message)
        }
        if entry.path.text == "usr/share/info/dir" {
            find(.infodir, entry.path, "is the list of all manuals")
        }
    }

    /// Every program names its loader by this place, whatever is merged.
    private static func isLoader(_ entry: LintTree.Entry) -> Bool {
        guard ["lib", "lib64"].contains(entry.parent), entry.name.contains(".so") else { return false }
        // musl is loader and library in one file.
        return entry.name.hasPrefix("ld-") || entry.name.hasPrefix("libc.musl-")
    }

    mutating func checkRights(_ entry: LintTree.Entry) {
        let mode = entry.status.mode
        let octal = String(mode, radix: 8)
        if entry.status.kind == .symbolicLink { return }
        if mode & 0o6000 != 0 {
            let what = mode & 0o4000 != 0 ? "setuid" : "setgid"
            find(.setuidgid, entry.path, "has the \(what) bit (mode \(octal))")
        }
        // A directory with the sticky bit is made for everybody.
        if mode & 0o002 != 0, entry.isFile || mode & 0o1000 == 0 {
            find(.worldwrite, entry.path, "can be written to by everybody (mode \(octal))")
        }
    }

    /// Kinds of files that are known by their names.
    mutating func checkKind(_ entry: LintTree.Entry) {
        guard entry.status.kind != .directory else { return }
        let (name, path) = (entry.name.lowercased(), entry.path)
        if name.hasSuffix(".la"), entry.head.starts(with: Array("#".utf8)) || !entry.isFile {
            find(.laFiles, path, "is a file of libtool's")
        }
        if name.hasSuffix(".dll") { find(.dll, path, "is a library for Windows") }
        if name.hasSuffix(".dylib") { find(.dylib, path, "is a library for macOS") }
        if name.hasPrefix("libcudart."), name.contains(".so") {
            find(.cudaruntimelib, path, "is CUDA's runtime")
        }
        if !subject.isForDevelopers {
            if name.hasSuffix(".a"), entry.head.starts(with: Array("!<arch>\n".utf8)) {
                find(.staticarchive, path, "is a library for static linking")
            }
            if name.hasSuffix(".o"), entry.elf?.hardening.kind == .object {
                find(.object, path, "is an object file")
            }
            if name.hasSuffix(".pc"), entry.parent.hasSuffix("/pkgconfig") {
                find(.pkgconf, path, "is pkg-config's, and the package is not for developers")
            }
        }
        if !subject.isDocumentation,
            path.text.hasPrefix("usr/share/man/") || path.text.hasPrefix("usr/share/info/"),
            path.text != "usr/share/info/dir"
        {
            find(.maninfo, path, "is a manual")
        }
        checkSystem(entry)
        if name.hasSuffix(".pyc"), entry.head.count >= 16, entry.head[4] & 1 == 0 {
            find(.pythonBytecode, path, "is bytecode that knows its source by a time")
        }
    }

    private static let systems: Set<Substring> = [
        "darwin", "macos", "windows", "win32", "win64", "freebsd", "netbsd", "openbsd", "dragonfly",
        "solaris",
    ]
    private static let machines: Set<Substring> = [
        "mips", "mips64", "mipsel", "ppc", "ppc64", "sparc", "sparc64", "m68k", "hppa", "alpha", "sh4",
        "ia64",
    ]

    /// Other systems and machines, where a program or a library is named for one (`helper-darwin-x64`).
    private mutating func checkSystem(_ entry: LintTree.Entry) {
        guard entry.isFile, entry.status.mode & 0o111 != 0 || entry.elf != nil else { return }
        let words = entry.name.lowercased().split { "-_.".contains($0) }
        if let system = words.first(where: Self.systems.contains) {
            find(.nonlinux, entry.path, "is named for \(system)")
        } else if let machine = words.dropFirst().first(where: Self.machines.contains) {
            find(.unsupportedarch, entry.path, "is named for \(machine)")
        }
    }
}
