// SPDX-License-Identifier: Apache-2.0

import Execution
import Storage
import Synchronization
import TestHouse
import Testing
import Vocabulary

@testable import Building

/// What is tried of every package, in an image that a real sandbox runs.
@Suite("Installed packages are tried without knowing anything of them")
struct InstalledCheckTests {
    @Test(
        "what a program's answer means",
        arguments: [
            (0, "lua 5.4.7  Copyright\n", .version("lua 5.4.7  Copyright")),
            (0, "tool, made by many\nversion 3.1\n", .version("version 3.1")),
            (1, "tool: unknown option\nUsage: tool [FILE]\n", .help("tool: unknown option")),
            (0, "yes\n", .help("yes")),
            (0, "", .silent), (2, "no such file\n", .silent), (255, "what?\n", .silent),
            (129, "what?\n", .silent),
            (
                127, "a: error while loading shared libraries: libx.so.1: cannot open\n",
                .cannotStart("a: error while loading shared libraries: libx.so.1: cannot open")
            ),
            (
                127, "Error loading shared library libx.so.1: No such file (needed by /usr/bin/a)\n",
                .cannotStart("Error loading shared library libx.so.1: No such file (needed by /usr/bin/a)")
            ),
            (
                1, "bwrap: execvp /usr/bin/a: No such file or directory\n",
                .cannotStart("bwrap: execvp /usr/bin/a: No such file or directory")
            ),
            (126, "", .cannotStart("exit status 126")),
            (127, "--version: applet not found\n", .notFound("--version: applet not found")),
            (139, "", .crashed(signal: 11)), (134, "1.0\n", .crashed(signal: 6)),
        ] as [(Int32, String, CommandAnswer)])
    func answers(_ exit: Int32, _ output: String, _ expected: CommandAnswer) {
        #expect(CommandAnswer(exit: exit, output: output) == expected)
    }

    @Test("pkg-config's files: variables, versions, what they require; and damaged ones")
    func modules() {
        let text =
            "prefix=/usr\nlibdir=${prefix}/lib\nv=1.2\n\nName: words\nVersion: ${v}.3\nRequires: a >= 1, b\n"
            + "Requires.private: c = 2 d\nLibs: -L${libdir} -lwords\n"
        let file = PkgConfigFile(Array(text.utf8))
        #expect(file.name == "words" && file.version == "1.2.3" && file.requires == ["a", "b", "c", "d"])
        for bytes in Mutations(of: Array(text.utf8), tokens: ["${v}", "=", "${"], count: 2000, seed: 5) {
            _ = PkgConfigFile(bytes)
        }
        // Each line doubles the one before.
        let bomb =
            "a0=xx\n" + (1...100).map { "a\($0)=${a\($0 - 1)}${a\($0 - 1)}\n" }.joined() + "Name: ${a100}\n"
        #expect((PkgConfigFile(Array(bomb.utf8)).name?.utf8.count ?? 0) <= 64 << 10)
        let wide =
            "a=\(String(repeating: "x", count: 60_000))\nb=\(String(repeating: "${a}", count: 12_000))\n"
            + "Name: \(String(repeating: "${b}", count: 12_000))\n"
        #expect((PkgConfigFile(Array(wide.utf8)).name?.utf8.count ?? 0) <= 64 << 10)
    }

    /// An image of busybox and this machine's C library, with a package `words` in it.
    private final class Scene: Sendable {
        let scratch = try? Scratch()

        /// - Parameters:
        ///   - package: makes the package's files in `out`.
        ///   - image: changes the image, in which the package is.
        func findings(
            _ package: String, image: String = "", disabled: [String] = [],
            patience: (question: Int, module: Int, all: Int)? = nil
        ) async throws -> [String] {
            let scratch = try #require(scratch)
            try scratch.sh(
                """
                mkdir -p image/bin image/proc image/dev image/tmp image/run image/home/build image/lib64 image/usr/bin workspace
                cp /usr/bin/busybox image/bin/busybox 2>/dev/null || cp /bin/busybox image/bin/busybox
                ln -s busybox image/bin/sh; ln -s ../../bin/busybox image/usr/bin/env
                mkdir -p image/lib/x86_64-linux-gnu
                cp -L /lib64/ld-linux-x86-64.so.2 image/lib64/; cp -L /lib/x86_64-linux-gnu/libc.so.6 image/lib/x86_64-linux-gnu/
                mkdir -p out/usr/bin out/usr/lib
                cat >words.c <<'END'
                #include <stdio.h>
                int words(void) { return puts("words 1.0"); }
                END
                echo 'int words(void); int main(void) { return words() < 0; }' >main.c
                (\(package))
                cp -a out/. image/
                \(image)
                """)
            var subject = PackageLinter.Subject(name: "words", architecture: "x86_64")
            subject.disabled = disabled
            var check = InstalledCheck(
                sandbox: try Sandbox.find(), image: HostPath("\(scratch.path)/image"),
                workspace: HostPath("\(scratch.path)/workspace"), limits: StepLimits(.init()),
                workers: WorkerThreads(count: 2)
            ) { [self] bytes in log.withLock { $0 += bytes } }
            if let patience { check.patience = patience }
            return try await check.findings(of: HostPath("\(scratch.path)/out"), subject).map {
                "\($0.refuses ? "!" : "")\($0.linter.name) \($0.path?.absolute ?? "-")"
            }
        }

        let log = Mutex<[UInt8]>([])
        var said: String { log.withLock { String(decoding: $0, as: UTF8.self) } }
    }

    static let library = "gcc -shared -fPIC -Wl,-soname,libwords.so.1 -o out/usr/lib/libwords.so.1 words.c"
    static let program = "gcc -o out/usr/bin/words main.c out/usr/lib/libwords.so.1"

    @Test(
        "libraries, loaders, interpreters, modules and commands",
        .enabled(
            if: Tool.exists("gcc") && Tool.exists("bwrap") && Tool.exists("busybox")
                && Architecture.ofThisTest == .amd64, "needs gcc, bubblewrap and busybox-static on x86_64"),
        arguments: [
            ("all is there", "\(library); \(program)", "", []),
            (
                "a library that the image lacks", "\(library); \(program); rm out/usr/lib/libwords.so.1", "",
                ["!lddcheck /usr/bin/words", "!cmdcheck /usr/bin/words"]
            ),
            (
                "a library of that name for another machine",
                "\(library); \(program); printf '\\267\\000' | dd of=out/usr/lib/libwords.so.1 bs=1 seek=18 conv=notrunc status=none",
                "",
                ["!lddcheck /usr/bin/words", "!lddcheck /usr/lib/libwords.so.1", "!cmdcheck /usr/bin/words"]
            ),
            (
                "a library beside the program that looks there",
                "\(library); mkdir out/usr/lib/own; gcc -Wl,-rpath,'$ORIGIN/../lib/own' -o out/usr/bin/words main.c out/usr/lib/libwords.so.1; mv out/usr/lib/libwords.so.1 out/usr/lib/own",
                "", []
            ),
            (
                "a loader that the image lacks", "\(library); \(program)",
                "rm image/lib64/ld-linux-x86-64.so.2",
                ["!interpcheck /usr/bin/words"]
            ),
            (
                "an interpreter that the image lacks",
                "printf '#!/usr/bin/perl\\n' >out/usr/bin/words; chmod 755 out/usr/bin/words", "",
                ["!interpcheck /usr/bin/words"]
            ),
            (
                "a program of env that the image lacks",
                "printf '#!/usr/bin/env python3\\n' >out/usr/bin/words; chmod 755 out/usr/bin/words", "",
                ["!interpcheck /usr/bin/words"]
            ),
            (
                "a shell is no matter of the package's alone",
                "printf '#!/bin/sh\\n' >out/usr/bin/words; chmod 755 out/usr/bin/words", "rm image/bin/sh",
                ["interpcheck /usr/bin/words"]
            ),
            (
                "a command that crashes",
                "printf '#!/bin/sh\\nkill -SEGV $$\\n' >out/usr/bin/words; chmod 755 out/usr/bin/words", "",
                ["!cmdcheck /usr/bin/words"]
            ),
            (
                "a script that lacks a program",
                "printf '#!/bin/sh\\nno-such-program\\n' >out/usr/bin/words; chmod 755 out/usr/bin/words", "",
                ["!cmdcheck /usr/bin/words"]
            ),
            (
                "a program that takes a question for its own name",
                "cp image/bin/busybox out/usr/bin/busybox", "", []
            ),
            (
                "a command that says nothing",
                "printf '#!/bin/sh\\nexit 3\\n' >out/usr/bin/words; chmod 755 out/usr/bin/words", "",
                ["cmdcheck /usr/bin/words"]
            ),
            (
                "a module that the image lacks",
                "mkdir -p out/usr/lib/pkgconfig; printf 'Name: a\\nVersion: 1\\nRequires: b\\n' >out/usr/lib/pkgconfig/a.pc; printf 'Name: b\\nVersion: 1\\nRequires.private: c\\n' >out/usr/lib/pkgconfig/b.pc",
                "",
                ["!pccheck /usr/lib/pkgconfig/a.pc", "!pccheck /usr/lib/pkgconfig/b.pc"]
            ),
            (
                "modules that require each other",
                "mkdir -p out/usr/lib/pkgconfig; for a in a b; do printf 'Name: x\\nVersion: 1\\nRequires: a b\\n' >out/usr/lib/pkgconfig/$a.pc; done",
                "", []
            ),
            (
                "links that go in circles",
                "ln -s b out/usr/lib/a; ln -s a out/usr/lib/b; \(library); \(program)", "", []
            ),
        ] as [(String, String, String, [String])])
    func tries(_ name: String, _ package: String, _ image: String, _ expected: [String]) async throws {
        let scene = Scene()
        let found = try await scene.findings(package, image: image)
        #expect(found == expected, "\(name): \(scene.said)")
        if expected.isEmpty, package.contains("main.c") {
            #expect(scene.said.contains("/usr/bin/words: words 1.0"), "\(name): \(scene.said)")
        }
    }

    @Test(
        "a command that never ends is given up, and what is switched off is not tried",
        .enabled(
            if: Tool.exists("gcc") && Tool.exists("bwrap") && Tool.exists("busybox")
                && Architecture.ofThisTest == .amd64, "needs gcc, bubblewrap and busybox-static on x86_64"))
    func endless() async throws {
        let script =
            "printf '#!/bin/sh\\nwhile :; do :; done\\n' >out/usr/bin/words; chmod 755 out/usr/bin/words"
        #expect(try await Scene().findings(script, disabled: ["cmdcheck"]).isEmpty)
        #expect(try await Scene().findings(script) == ["cmdcheck /usr/bin/words"])
    }

    @Test(
        "commands that all hang take no longer than a package may, and the rest is said to be untried",
        .enabled(
            if: Tool.exists("gcc") && Tool.exists("bwrap") && Tool.exists("busybox")
                && Architecture.ofThisTest == .amd64, "needs gcc, bubblewrap and busybox-static on x86_64"))
    func deadline() async throws {
        let script = """
            for n in 1 2 3 4 5 6 7 8 9; do printf '#!/bin/sh\necho words 1.0; exec sleep 3600\n' >out/usr/bin/words$n; done
            chmod 755 out/usr/bin/*
            """
        let found = try await Scene().findings(script, patience: (question: 1, module: 1, all: 3))
        #expect(found.last == "cmdcheck -" && (2...8).contains(found.count), "\(found)")
    }

    @Test("Python's modules at top level, and whose they are")
    func pythonModules() throws {
        let scratch = try Scratch()
        try scratch.sh(
            """
            mkdir -p out/usr/lib/python3.13/site-packages; cd out/usr/lib/python3.13/site-packages
            mkdir -p one two one-1.dist-info tests __pycache__ no; touch one/__init__.py tests/__init__.py three.py
            touch _four.cpython-313-x86_64-linux-gnu.so five.pth no-name.py
            """)
        let modules = PythonModule.all(in: try LintTree(HostPath("\(scratch.path)/out")))
        #expect(modules.map(\.name) == ["_four", "one", "three"])
        #expect(modules.first?.interpreters.first == "usr/bin/python3.13")
    }
}
