// SPDX-License-Identifier: Apache-2.0

import Storage
import TestHouse
import Testing
import Vocabulary

@testable import Building

/// What a folder's files offer and need, found in files that a compiler and people really make.
@Suite(.enabled(if: Tool.exists("cc"), "needs a C compiler"))
struct AlpineDependencyTests {
    private func found(
        _ script: String, _ options: Recipe.Options = Recipe.Options()
    ) throws -> (provides: [String], depends: [String]) {
        let scratch = try Scratch()
        try scratch.sh("mkdir root; cd root; \(script)")
        return try AlpineDependencyFinder.find(
            in: try RootDirectory(HostPath("\(scratch.path)/root")), fullVersion: "1.2-r3", options: options)
    }

    private static let library = """
        mkdir -p usr/lib usr/bin
        echo 'int word(void) { return 1; }' >w.c; cc -shared -fPIC -o usr/lib/libword.so.2.1 -Wl,-soname,libword.so.2 w.c
        ln -s libword.so.2.1 usr/lib/libword.so.2
        """
    private static let program = """
        echo 'int word(void); int main(void) { return word(); }' >m.c
        cc -o usr/bin/say m.c usr/lib/libword.so.2.1; rm -f *.c
        """

    @Test func aLibraryIsOfferedByItsSonameAndAProgramByItsName() throws {
        let (provides, depends) = try found(Self.library + "\n" + Self.program)
        #expect(provides == ["cmd:say=1.2-r3", "so:libword.so.2=2"])
        // Its own library it has; the loader and the C library it needs.
        #expect(depends.contains("so:libc.so.6") && depends.contains { $0.hasPrefix("so:ld-linux") })
        #expect(!depends.contains { $0.contains("libword") })
    }

    @Test func aProgramAloneNeedsTheLibrary() throws {
        let (provides, depends) = try found(Self.library + "\n" + Self.program + "\nrm -r usr/lib")
        #expect(provides == ["cmd:say=1.2-r3"])
        #expect(depends.contains("so:libword.so.2"))
    }

    @Test func aPluginIsNoLibraryOfAnybodys() throws {
        let (provides, _) = try found(
            Self.library + "\nmkdir usr/lib/plugins; mv usr/lib/libword* usr/lib/plugins/; rm *.c")
        #expect(provides.isEmpty)
    }

    @Test func aStaticProgramNeedsNothing() throws {
        let (provides, depends) = try found(
            "mkdir -p bin; echo 'int main(void) { return 0; }' >m.c; cc -static -o bin/still m.c; rm m.c")
        #expect(provides == ["cmd:still=1.2-r3"] && depends.isEmpty)
    }

    @Test func scriptsNeedTheirInterpreters() throws {
        let (provides, depends) = try found(
            """
            mkdir -p usr/bin usr/share
            printf '#!/bin/sh\\n' >usr/bin/a; printf '#!/usr/bin/env -S python3 -u\\n' >usr/bin/b
            printf '#!/usr/bin/perl -w\\n' >usr/bin/c; chmod 755 usr/bin/*
            printf '#!/usr/bin/ruby\\n' >usr/share/example; ln -s a usr/bin/link
            """)
        #expect(provides == ["cmd:a=1.2-r3", "cmd:b=1.2-r3", "cmd:c=1.2-r3"])
        #expect(depends == ["cmd:perl", "cmd:python3"])
    }

    @Test func modulesOfPkgConfig() throws {
        let (provides, depends) = try found(
            """
            mkdir -p usr/lib/pkgconfig
            printf 'prefix=/usr\\nversion=1.4.2\\nName: words\\nVersion: ${version}\\nRequires: zlib >= 1.2, other\\nRequires.private: inner = 3\\nLibs: -lword\\n' >usr/lib/pkgconfig/words.pc
            printf 'Name: inner\\nVersion: 3\\n' >usr/lib/pkgconfig/inner.pc
            """)
        #expect(provides == ["pc:inner=3", "pc:words=1.4.2"])
        #expect(depends == ["pc:other", "pc:zlib"])
    }

    @Test func whatARecipeSwitchesOff() throws {
        var options = Recipe.Options()
        options.withoutCommands = true
        #expect(try found(Self.library + "\n" + Self.program, options).provides == ["so:libword.so.2=2"])
        options.withoutProvides = true
        options.withoutDepends = true
        let (provides, depends) = try found(Self.library + "\n" + Self.program, options)
        #expect(provides.isEmpty && depends.isEmpty)
    }
}
