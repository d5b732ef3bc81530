// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

@testable import Building

/// What linters say of trees; programs in them are made by this machine's compiler.
@Suite("Packages are looked over before they are packed")
struct PackageLinterTests {
    /// What is found in the tree that a script makes in `out`: `!linter /path` where it refuses, `linter /path` where it warns.
    static func found(
        _ script: String, in package: String = "words", architecture: String = "x86_64",
        disabled: [String] = []
    ) throws -> [String] {
        let scratch = try Scratch()
        try scratch.sh("mkdir out; cd out; umask 022; \(script)")
        var subject = PackageLinter.Subject(name: package, architecture: architecture)
        subject.disabled = disabled
        return try PackageLinter().findings(in: HostPath("\(scratch.path)/out"), of: subject).map {
            "\($0.refuses ? "!" : "")\($0.linter.name) \($0.path?.absolute ?? "-")"
        }
    }

    @Test(
        "places, rights and kinds of files",
        arguments: [
            ("a good tree", "mkdir -p usr/bin usr/share/words; echo a >usr/share/words/a", []),
            ("a device's place", "mkdir dev; touch dev/console", ["!dev /dev/console"]),
            (
                "temporary places", "mkdir -p tmp var/tmp run; touch tmp/a var/tmp/b run/c",
                ["!tempdir /run/c", "!tempdir /tmp/a", "!tempdir /var/tmp/b"]
            ),
            (
                "homes", "mkdir -p home/build; touch home/build/.cache",
                ["!homedir /home/build/.cache"]
            ),
            (
                "beside /usr", "mkdir bin lib64; touch bin/a lib64/b",
                ["!usrmerge /bin/a", "!usrmerge /lib64/b"]
            ),
            ("a loader's place is fixed", "mkdir lib; touch lib/ld-musl-x86_64.so.1", []),
            (
                "links in place of folders are no files in them",
                "mkdir -p usr/bin; ln -s usr/bin bin; touch usr/bin/a", []
            ),
            (
                "the administrator's places",
                "mkdir -p usr/local/bin opt/a srv; touch usr/local/bin/a opt/a/b srv/c",
                ["opt /opt/a/b", "srv /srv/c", "usrlocal /usr/local/bin/a"]
            ),
            ("/var/empty", "mkdir -p var/empty; touch var/empty/a", ["!varempty /var/empty/a"]),
            (
                "setuid and setgid",
                "mkdir -p usr/bin; touch usr/bin/a usr/bin/b; chmod 4755 usr/bin/a; chmod 2755 usr/bin/b",
                ["!setuidgid /usr/bin/a", "!setuidgid /usr/bin/b"]
            ),
            (
                "rights of everybody",
                "mkdir -p var/a var/b; touch var/c; chmod 777 var/a; chmod 1777 var/b; chmod 666 var/c",
                ["!worldwrite /var/a", "!worldwrite /var/c"]
            ),
            (
                "libtool's", "mkdir -p usr/lib; echo '# words.la - a libtool library file' >usr/lib/words.la",
                ["!libtool/la-files /usr/lib/words.la"]
            ),
            (
                "the list of manuals", "mkdir -p usr/share/info; touch usr/share/info/dir",
                ["!infodir /usr/share/info/dir"]
            ),
            (
                "manuals", "mkdir -p usr/share/man/man1; touch usr/share/man/man1/words.1",
                ["maninfo /usr/share/man/man1/words.1"]
            ),
            (
                "pkg-config's", "mkdir -p usr/lib/pkgconfig; echo Name: words >usr/lib/pkgconfig/words.pc",
                ["pkgconf /usr/lib/pkgconfig/words.pc"]
            ),
            (
                "a script of the build",
                "mkdir -p usr/bin; echo '#!/home/build/venv/bin/python' >usr/bin/words; chmod 755 usr/bin/words",
                ["!shebang /usr/bin/words"]
            ),
            (
                "a path of the build in a text",
                "mkdir -p etc; echo prefix=/home/build/melange-out/words >etc/words; echo /home/build-er >etc/other",
                ["buildpath /etc/words"]
            ),
            (
                "the build's path at the very end",
                "mkdir -p etc; printf 'x/home/buil/home/build' >etc/words", ["buildpath /etc/words"]
            ),
            (
                "other systems'",
                "mkdir -p usr/lib; touch usr/lib/a.dll usr/lib/b.dylib usr/lib/c-darwin; chmod 755 usr/lib/c-darwin",
                ["dll /usr/lib/a.dll", "dylib /usr/lib/b.dylib", "nonlinux /usr/lib/c-darwin"]
            ),
            (
                "names that differ in case alone", "mkdir -p etc/a etc/A; touch etc/a/x etc/A/x",
                ["casename /etc/a"]
            ),
            (
                "one content twice",
                "mkdir etc; head -c 5000 /dev/zero >etc/a; cp etc/a etc/b; ln etc/a etc/c",
                ["duplicate /etc/b"]
            ),
            (
                "contents of several sizes, by path",
                "mkdir etc; for n in 1 2 3 4 5 6; do head -c $((9000 - n)) /dev/zero >etc/a$n; cp etc/a$n etc/b$n; done",
                (1...6).map { "duplicate /etc/b\($0)" }
            ),
            ("nothing at all", "mkdir -p usr/bin", ["empty -"]),
            (
                "Python's",
                "cd ..; mkdir -p out/usr/lib/python3.13/site-packages; cd out/usr/lib/python3.13/site-packages; mkdir docs tests one two _hidden one-1.dist-info",
                [
                    "python/docs /usr/lib/python3.13/site-packages/docs",
                    "python/test /usr/lib/python3.13/site-packages/tests",
                    "python/multiple /usr/lib/python3.13/site-packages",
                ]
            ),
        ] as [(String, String, [String])])
    func places(_ name: String, _ script: String, _ expected: [String]) throws {
        // A file keeps a tree from being empty.
        let keeper = expected == ["empty -"] ? "" : "; mkdir -p ROOT/etc; echo kept >ROOT/etc/kept"
        let script = script + keeper.replacing("ROOT", with: "${OUT:-$PWD}")
        #expect(try Self.found("OUT=$PWD; \(script)") == expected, "\(name)")
    }

    @Test(
        "programs, as this machine's compiler makes them",
        .enabled(if: Tool.exists("gcc") && Architecture.ofThisTest == .amd64, "needs gcc on x86_64"),
        arguments: [
            ("a good one", "gcc -O1 -Wl,-z,relro,-z,now -o usr/bin/a main.c", []),
            ("an executable stack", "gcc -z execstack -o usr/bin/a main.c", ["!execstack /usr/bin/a"]),
            (
                "no word of the stack",
                "printf '.globl _start\\n_start: ret\\n' >a.s; as -o a.o a.s; ld -o usr/bin/a a.o 2>/dev/null",
                ["execstack /usr/bin/a"]
            ),
            ("no RELRO", "gcc -Wl,-z,norelro -o usr/bin/a main.c", ["relro /usr/bin/a"]),
            (
                "a path into the build", "gcc -Wl,-rpath,/home/build/lib -o usr/bin/a main.c",
                ["!rpath /usr/bin/a", "buildpath /usr/bin/a"]
            ),
            (
                "a path that is relative", "gcc -Wl,-rpath,lib:'$ORIGIN/../lib' -o usr/bin/a main.c",
                ["!rpath /usr/bin/a"]
            ),
            (
                "a path where others write", "gcc -Wl,-rpath,/tmp/lib -o usr/bin/a main.c",
                ["!rpath /usr/bin/a"]
            ),
            (
                "a bad path that stands there twice",
                "gcc -Wl,-rpath,/tmp/lib:/usr/lib:/tmp/lib -o usr/bin/a main.c",
                ["!rpath /usr/bin/a"]
            ),
            ("debugging information", "gcc -g -o usr/bin/a main.c", ["strip /usr/bin/a"]),
            (
                "code that is written to",
                "printf '.text\\n.globl f\\nf: movabs $g, %%rax\\nret\\n.data\\n.globl g\\ng: .quad 0\\n.section .note.GNU-stack,\"\",@progbits\\n' >a.s; gcc -shared -Wl,-z,notext -o usr/bin/a a.s 2>/dev/null",
                ["!textrel /usr/bin/a"]
            ),
            (
                "a static library and an object",
                "gcc -c -o usr/bin/a.o main.c; ar rc usr/bin/a.a usr/bin/a.o",
                ["object /usr/bin/a.o", "staticarchive /usr/bin/a.a"]
            ),
        ] as [(String, String, [String])])
    func programs(_ name: String, _ script: String, _ expected: [String]) throws {
        let made = try Self.found(
            "mkdir -p usr/bin; echo 'int main(void) { return 0; }' >main.c; \(script); rm -f main.c a.s a.o")
        #expect(made == expected, "\(name)")
    }

    @Test(
        "machine code for another architecture refuses where it would be loaded",
        .enabled(if: Architecture.ofThisTest == .amd64, "needs programs for x86_64"))
    func architecture() throws {
        let script = "mkdir -p usr/bin usr/share/a; cp /bin/true usr/bin/a; cp /bin/false usr/share/a/b"
        #expect(
            try Self.found(script, architecture: "aarch64") == [
                "!binaryarch /usr/bin/a", "binaryarch /usr/share/a/b",
            ])
        #expect(
            try Self.found(script, architecture: "noarch") == [
                "binaryarch /usr/bin/a", "binaryarch /usr/share/a/b",
            ])
        #expect(try Self.found(script, architecture: "amd64").isEmpty)
    }

    @Test("what developers and readers want may lie in their packages")
    func otherPackages() throws {
        let library =
            "mkdir -p usr/lib/pkgconfig; touch usr/lib/pkgconfig/a.pc; printf '!<arch>\\n' >usr/lib/a.a"
        #expect(try Self.found(library).count == 2)
        #expect(try Self.found(library, in: "words-dev").isEmpty)
        let manual = "mkdir -p usr/share/man/man1; touch usr/share/man/man1/words.1"
        #expect(try Self.found(manual, in: "words-doc").isEmpty)
    }

    @Test("a linter is switched off by its name, and a name that is none is told with the nearest")
    func disabled() throws {
        let script = "mkdir tmp bin; touch tmp/a bin/b"
        #expect(try Self.found(script, disabled: ["tempdir"]) == ["!usrmerge /bin/b"])
        let told = LintFinding.unknown(in: ["tempdirs", "usrmerge", "nonsense"], of: "words")
        #expect(told.count == 2 && told[0].message.contains("did you mean 'tempdir'?"))
        #expect(!told[1].message.contains("did you mean"))
    }

    @Test("of a great many findings the first are shown, and the rest is counted")
    func many() throws {
        let found = try Self.found("mkdir tmp; for n in $(seq 100 140); do touch tmp/$n; done")
        #expect(found.count == 21 && found.first == "!tempdir /tmp/100" && found.last == "!tempdir -")
    }

    @Test("a link in the tree that points out of it is not followed")
    func links() throws {
        let found = try Self.found(
            "mkdir -p usr/lib; ln -s /etc usr/lib/etc; ln -s /etc/passwd usr/lib/a.la; echo a >usr/lib/a")
        #expect(found == ["!libtool/la-files /usr/lib/a.la"])
    }
}

extension Architecture {
    /// Of the machine of the test; nil for one that these tests know nothing of.
    static var ofThisTest: Architecture? {
        #if arch(x86_64)
            .amd64
        #elseif arch(arm64)
            .arm64
        #else
            nil
        #endif
    }
}
