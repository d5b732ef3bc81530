// SPDX-License-Identifier: Apache-2.0

/// One thing that packages are looked over for, by the name that `checks: disabled:` of a recipe switches it off with.
/// The names, and which of them refuse, are melange's where it has the same.
package struct Linter: Sendable, Hashable {
    package let name: String
    /// Nothing is published where it finds something; otherwise a warning is shown.
    package let refuses: Bool
    /// What to do about it: the end of every finding's sentence.
    package let remedy: String

    private init(_ name: String, refuses: Bool = false, _ remedy: String) {
        self.name = name
        self.refuses = refuses
        self.remedy = remedy
    }

    static let dev = Self("dev", refuses: true, "devices are the machine's; remove it")
    static let infodir = Self("infodir", refuses: true, "every package would own it; remove it")
    static let laFiles = Self(
        "libtool/la-files", refuses: true,
        "nothing but libtool reads it, and it holds paths of the build; remove it")
    static let setuidgid = Self("setuidgid", refuses: true, "clear the bit with chmod")
    static let tempdir = Self(
        "tempdir", refuses: true, "what lies there is gone with the next start; remove it")
    static let homedir = Self("homedir", refuses: true, "homes are their owners'; put it below /usr or /etc")
    static let usrmerge = Self("usrmerge", refuses: true, "put it below /usr")
    static let varempty = Self("varempty", refuses: true, "the directory is to be empty; remove it")
    static let worldwrite = Self("worldwrite", refuses: true, "take the right away with chmod o-w")
    static let execstack = Self(
        "execstack", refuses: true,
        "link it with -z noexecstack, and give assembler files a .note.GNU-stack section")
    static let textrel = Self("textrel", refuses: true, "compile all of it with -fPIC")
    static let rpath = Self(
        "rpath", refuses: true,
        "whoever can write there chooses what it loads; link it without -rpath, or mend it with patchelf")
    static let shebang = Self(
        "shebang", refuses: true,
        "no such interpreter is where the package gets installed; mend its first line")

    static let binaryarch = Self("binaryarch", "it does not run on the package's architecture; leave it out")
    static let buildpath = Self(
        "buildpath", "the folder is the build's alone; compile with -ffile-prefix-map, or mend the file")
    static let relro = Self("relro", "link it with -z relro -z now")
    static let cudaruntimelib = Self("cudaruntimelib", "need CUDA's own package")
    static let dll = Self("dll", "Windows alone reads it; leave it out")
    static let dylib = Self("dylib", "macOS alone reads it; leave it out")
    static let nonlinux = Self("nonlinux", "another system's; leave it out")
    static let unsupportedarch = Self(
        "unsupportedarch", "no image is made for that architecture; leave it out")
    static let duplicate = Self("duplicate", "link one to the other")
    static let casename = Self("casename", "file systems exist that cannot hold both; rename one")
    static let maninfo = Self("maninfo", "split it into a package -doc (split/manpages, split/infodir)")
    static let object = Self("object", "linkers alone read it; leave it out")
    static let opt = Self("opt", "packages belong below /usr")
    static let srv = Self("srv", "the place is the administrator's; packages belong below /usr")
    static let usrlocal = Self("usrlocal", "the place is the administrator's; configure with --prefix=/usr")
    static let pkgconf = Self("pkgconf", "split it into a package -dev (split/dev)")
    static let staticarchive = Self("staticarchive", "split it into a package -dev or -static (split/static)")
    static let strip = Self("strip", "use the pipeline strip")
    static let sbom = Self("sbom", "Slipway writes the package's own bill of materials; remove it")
    static let pythonDocs = Self("python/docs", "it would be imported as a module of its own; leave it out")
    static let pythonTest = Self("python/test", "it would be imported as a module of its own; leave it out")
    static let pythonMultiple = Self("python/multiple", "make a package of each")
    static let pythonBytecode = Self(
        "python/bytecode",
        "it is checked against a time that packing changes; leave it out or compile with --invalidation-mode unchecked-hash"
    )
    static let empty = Self(
        "empty", "let its steps install something below ${{targets.contextdir}}, or give it dependencies")
    static let documentation = Self("documentation", "split it into a package -doc (split/alldocs)")

    /// Of what is tried in an image of the package and its needs.
    static let lddcheck = Self(
        "lddcheck", refuses: true, "let the package need the one that has it (dependencies: runtime:)")
    static let interpcheck = Self(
        "interpcheck", refuses: true, "let the package need the one that has it (dependencies: runtime:)")
    static let pccheck = Self(
        "pccheck", refuses: true, "let the package need the one that has it (dependencies: runtime:)")
    static let importcheck = Self("importcheck", refuses: true, "let the package need what it imports")
    static let cmdcheck = Self(
        "cmdcheck", refuses: true, "let the package need what the program wants to start with")

    /// All that a recipe may name; `documentation` is known and off, as it is with melange.
    package static let all = [
        dev, infodir, laFiles, setuidgid, tempdir, homedir, usrmerge, varempty, worldwrite, execstack,
        textrel, rpath,
        shebang, binaryarch, buildpath, relro, cudaruntimelib, dll, dylib, nonlinux, unsupportedarch,
        duplicate, casename,
        maninfo, object, opt, srv, usrlocal, pkgconf, staticarchive, strip, sbom, pythonDocs, pythonTest,
        pythonMultiple,
        pythonBytecode, empty, documentation, lddcheck, interpcheck, pccheck, importcheck, cmdcheck,
    ]
}
