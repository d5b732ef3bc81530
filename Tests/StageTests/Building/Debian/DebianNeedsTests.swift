// SPDX-License-Identifier: Apache-2.0

import Storage
import TestHouse
import Testing
import Vocabulary

@testable import Building

/// What a package's files need, over a build root that is this machine: dpkg knows its files' owners, and dpkg-shlibdeps
/// is asked the same.
@Suite(
    .enabled(if: Tool.exists("cc") && Tool.exists("dpkg-deb"), "needs a C compiler and dpkg"),
    .enabled(if: Architecture.ofThisTest != nil, "needs x86_64 or aarch64"))
struct DebianNeedsTests {
    private let scratch: Scratch
    private let version: DebianVersion
    private let architecture: Architecture
    private var triplet: String { "\(architecture.alpineName)-linux-gnu" }

    init() throws {
        scratch = try Scratch()
        architecture = try #require(Architecture.ofThisTest)
        version = try #require(DebianVersion("1-r0"))
        try scratch.sh("mkdir -p own other")
    }

    private func sh(_ script: String) throws -> String {
        String(decoding: try scratch.sh(script), as: UTF8.self)
    }

    /// This machine as a build root: of the packages that own some files, repacked with what they say of their libraries.
    private func machine(_ names: [String]) throws -> DebianBuildRoot {
        let store = try ContentStore(at: HostPath("\(scratch.path)/store"), .disposable)
        var files: [ComposedFile] = []
        var locked: [LockedPackage] = []
        for name in names {
            let facts = try sh(
                """
                rm -rf p; mkdir -p p/DEBIAN; info=/var/lib/dpkg/info
                dpkg-query -W -f 'Package: ${Package}\\nVersion: ${Version}\\nArchitecture: ${Architecture}\\nMaintainer: a <a@b.c>\\nDescription: d\\nProvides: ${Provides}\\n' \(name) | sed '/^Provides: $/d' >p/DEBIAN/control
                for file in symbols shlibs; do
                    for place in $info/\(name).$file $info/\(name):*.$file; do [ ! -e $place ] || cp $place p/DEBIAN/$file; done
                done
                dpkg-deb --root-owner-group -b p p.deb >/dev/null
                sha256sum p.deb | cut -c1-64; stat -c %s p.deb; sed -n 's/^Version: //p' p/DEBIAN/control
                dpkg -L \(name) | while read f; do [ ! -f "$f" ] || realpath "$f"; done
                """
            ).split(separator: "\n").map(String.init)
            let writer = try store.writer()
            try FileReader(HostPath("\(scratch.path)/p.deb")).forEachPiece { try writer.write($0) }
            let digest = try Digest(hex: facts[0])
            _ = try writer.finish(expecting: digest)
            let owner = try #require(PackageName(name))
            locked.append(
                LockedPackage(
                    name: owner, version: facts[2], architecture: architecture.debianName, role: .installed,
                    sourceName: owner,
                    sourceVersion: facts[2], maintainer: nil, homepage: nil, digest: digest,
                    size: Int64(facts[1]) ?? 0, installedSize: nil,
                    requestedBy: [], edges: []))
            files += facts.dropFirst(3).compactMap { ImagePath($0) }.map {
                ComposedFile(
                    path: $0, kind: .file, mode: 0o644, uid: 0, gid: 0, size: 0, digest: nil, target: nil,
                    owner: .package(owner))
            }
        }
        return DebianBuildRoot(
            root: HostPath("/"), files: files,
            lock: ArchitectureLock(
                architecture: architecture, family: .debian, packages: locked, dropped: []),
            store: store)
    }

    private func needs(_ root: DebianBuildRoot, sibling: Bool = false) throws -> DebianNeedsFinder {
        let folders = sibling ? ["own", "other"] : ["own"]
        let names = try ["app", "app-libs"].map { try #require(PackageName($0)) }
        var finder = try DebianNeedsFinder(
            .init(
                trees: try folders.map { try RootDirectory(HostPath("\(scratch.path)/\($0)")) },
                names: Array(names.prefix(folders.count)), version: version), root: root,
            triplet: triplet)
        try finder.readAll()
        try finder.readModules(try ModuleFacts(of: RootDirectory(HostPath("\(scratch.path)/own"))))
        return finder
    }

    @Test("a package whose file is gone is an error: what it asks for is not known")
    func missingPackage() throws {
        try scratch.sh(
            "mkdir -p own/usr/bin; echo 'int main(void) { return 0; }' >m.c; cc -o own/usr/bin/m m.c")
        let root = try machine(["libc6"])
        try scratch.sh("find store -type f -size +0 -delete")
        #expect(throws: BuildingError.missingPackage(try #require(PackageName("libc6")))) { try needs(root) }
    }

    @Test(
        "the library and the version in a soname, as dpkg-shlibdeps splits them",
        arguments: [
            ("libz.so.1", ["libz", "1"]), ("libdb-5.3.so", ["libdb", "5.3"]),
            ("libfoo-2-3.1.so", ["libfoo-2", "3.1"]), ("liba.so.1.so.2", ["liba.so.1", "2"]),
            ("libgtk-x11-2.0.so.0", ["libgtk-x11-2.0", "0"]), ("libc-client.so", nil), ("plugin.so", nil),
        ] as [(String, [String]?)])
    func sonames(_ soname: String, _ parts: [String]?) { #expect(LibraryRules.parts(soname) == parts) }

    private static let programs = [
        ("nothing but the C library's oldest", "int main(void) { return 0; }", ""),
        (
            "newer symbols of the C library",
            "#include <sys/stat.h>\nint main(void) { struct stat s; return stat(\"/\", &s); }", ""
        ),
        (
            "two libraries, one by symbols",
            "#include <zlib.h>\n#include <math.h>\nint main(int c, char **v) { return gzopen(v[0], \"r\") != 0 && pow(c, 2) > 1; }",
            "-lz -lm"
        ),
        ("a library of which nothing is used", "int main(void) { return 0; }", "-Wl,--no-as-needed -lz"),
        (
            "a library that was never asked for by a version",
            "#include <lzma.h>\nint main(void) { return lzma_version_number() == 0; }", "-llzma"
        ),
        (
            "threads and names",
            "#include <pthread.h>\n#include <netdb.h>\nint main(void) { return pthread_self() == 0 || gethostbyname(\"a\") == 0; }",
            ""
        ),
    ]

    @Test(
        "a program needs what dpkg-shlibdeps says that it needs",
        .enabled(if: Tool.exists("dpkg-shlibdeps"), "needs dpkg-shlibdeps (dpkg-dev)"), arguments: programs)
    func oracle(_ name: String, _ source: String, _ libraries: String) throws {
        try scratch.write(Array(source.utf8), to: "m.c")
        let said = try sh(
            """
            mkdir -p own/usr/bin debian; cc -o own/usr/bin/m m.c \(libraries)
            printf 'Source: app\\nMaintainer: a <a@b.c>\\n\\nPackage: app\\nArchitecture: any\\nDescription: d\\n' >debian/control
            dpkg-shlibdeps -O --ignore-missing-info own/usr/bin/m 2>/dev/null
            """)
        let expected = said.split(separator: "=", maxSplits: 1)[1].split(separator: ",").map {
            $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }.sorted()
        let found = try needs(try machine(["libc6", "zlib1g", "liblzma5"]))
        #expect(found.unmet == [] && found.found.relations == expected, "\(name): \(said)")
    }

    @Test("a library that a run path names, an interpreter, and what another package of the recipe has")
    func siblings() throws {
        try scratch.sh(
            """
            mkdir -p own/usr/bin own/usr/lib/app other/usr/lib/\(triplet)
            echo 'int one(void) { return 1; }' >one.c; echo 'int two(void) { return 2; }' >two.c
            cc -shared -fPIC -Wl,-soname,libone.so.1 -o other/usr/lib/\(triplet)/libone.so.1.0 one.c
            ln -s libone.so.1.0 other/usr/lib/\(triplet)/libone.so.1
            cc -shared -fPIC -Wl,-soname,libtwo.so.2 -o own/usr/lib/app/libtwo.so.2 two.c
            echo 'int one(void); int two(void); int main(void) { return one() + two(); }' >m.c
            cc -o own/usr/bin/m m.c other/usr/lib/\(triplet)/libone.so.1.0 own/usr/lib/app/libtwo.so.2 -Wl,-rpath,'$ORIGIN/../lib/app'
            printf '#!/usr/bin/env -S perl -w\\n' >own/usr/bin/p; printf '#!/bin/sh\\n' >own/usr/bin/s
            chmod 755 own/usr/bin/*
            """)
        let root = try machine(["libc6", "perl-base"])
        let found = try needs(root, sibling: true)
        let perl = try sh("dpkg-query -W -f '${Version}' perl-base")
        #expect(found.unmet == [])
        #expect(found.found.relations.contains("app-libs (= 1-r0)"), "\(found.found.relations)")
        #expect(found.found.relations.contains("perl-base (>= \(perl))"))
        #expect(found.found.names == ["app-libs", "libc6", "perl-base"])
        // Without the sibling nobody has it.
        #expect(
            try needs(root).unmet == [
                "'/usr/bin/m' needs the library libone.so.1, which neither the build root nor the recipe has"
            ])
    }

    @Test(
        "Perl's modules and programs need the packages of what they load: not those of perl itself; what nobody has is said",
        .enabled(if: Tool.exists("dpkg-shlibdeps"), "needs libdpkg-perl (dpkg-dev)"))
    func perl() throws {
        try scratch.sh(
            """
            version=$(ls -d /usr/lib/*/perl/5.*.* | head -1); version=${version##*/}; short=${version%.*}
            mkdir -p own/usr/share/perl5/App own/usr/lib/\(triplet)/perl5/$short/auto/App own/usr/bin
            mkdir -p other/usr/share/perl5
            printf 'package App::One;\\nuse strict;\\nuse POSIX;\\nuse Dpkg::Control;\\nuse Sibling;\\nuse App::Two;\\n' >own/usr/share/perl5/App/One.pm
            printf 'package App::Two;\\nuse Win32::Registry;\\n' >own/usr/share/perl5/App/Two.pm
            touch other/usr/share/perl5/Sibling.pm own/usr/lib/\(triplet)/perl5/$short/auto/App/App.so
            printf '#!/usr/bin/perl\\nuse Dpkg::Version;\\n' >own/usr/bin/app; chmod 755 own/usr/bin/app
            """)
        let found = try needs(try machine(["perl", "perl-base", "libdpkg-perl"]), sibling: true)
        let version = try sh("dpkg-query -W -f '${Version}' libdpkg-perl")
        #expect(found.unmet == [])
        #expect(found.found.relations.contains("libdpkg-perl (>= \(version))"), "\(found.found.relations)")
        #expect(found.found.relations.contains("app-libs (= 1-r0)"))
        #expect(found.found.relations.contains { $0.hasPrefix("perlapi-5.") })
        #expect(
            found.found.names.filter { !$0.hasPrefix("perlapi") }.sorted() == [
                "app-libs", "libdpkg-perl", "perl",
            ])
        #expect(found.missingModules.map(\.key) == ["Win32::Registry"])
    }

    @Test("a gem needs the packages of the gems that it names, and its Ruby")
    func gems() throws {
        try scratch.sh(
            """
            mkdir -p own/var/lib/gems/3.3.0/specifications other/usr/bin other/usr/lib/ruby/gems/3.3.0/specifications/default
            printf 'Gem::Specification.new do |s|\\n  s.name = "app"\\n  s.add_runtime_dependency(%%q<json>.freeze, [">= 0"])\\n  s.add_dependency("absent")\\nend\\n' >own/var/lib/gems/3.3.0/specifications/app-1.gemspec
            touch other/usr/lib/ruby/gems/3.3.0/specifications/default/json-2.9.1.gemspec other/usr/bin/ruby3.3
            """)
        let found = try needs(try machine([]), sibling: true)
        #expect(found.found.relations == ["app-libs (= 1-r0)"])
        #expect(
            found.unmet == [
                "'/var/lib/gems/3.3.0/specifications/app-1.gemspec' needs the gem absent, which neither the build root nor the recipe has"
            ])
    }

    @Test("what nobody's package ships is an error that names the file and the library")
    func nobodys() throws {
        try scratch.sh(
            """
            mkdir -p own/usr/bin; echo 'int main(void) { return 0; }' >m.c; cc -o own/usr/bin/m m.c
            printf '#!/usr/bin/no-such-interpreter\\n' >own/usr/bin/p; chmod 755 own/usr/bin/p
            """)
        let unmet = try needs(try machine([])).unmet
        #expect(
            unmet.contains { $0.hasPrefix("'/usr/bin/m' needs the library libc.so.6, and '/") }, "\(unmet)")
        #expect(unmet.contains { $0.contains("'/usr/bin/p' is run by /usr/bin/no-such-interpreter, which") })
    }

    @Test("links lead through all trees, never out of them, and never in circles")
    func links() throws {
        try scratch.sh(
            """
            mkdir -p one/usr/lib two/usr/lib two/lib two/etc; echo x >two/usr/lib/real
            ln -s ../../usr/lib/real one/usr/lib/up; ln -s /usr/lib/up two/etc/absolute; ln -s ../../../../../../../etc/passwd one/usr/out
            ln -s b one/usr/a; ln -s a one/usr/b; ln -s usr/lib one/lib
            """)
        let tree = MergedTree(
            trees: try ["one", "two"].map { try RootDirectory(HostPath("\(scratch.path)/\($0)")) })
        for (path, expected) in [
            ("usr/lib/up", "usr/lib/real"), ("/etc/absolute", "usr/lib/real"), ("lib/real", "usr/lib/real"),
            ("usr/out", nil), ("usr/a", nil), ("../../etc/passwd", nil),
            ("usr/../usr/lib/./real", "usr/lib/real"),
        ] as [(String, String?)] {
            #expect(try tree.file(path)?.path.text == expected, "\(path)")
        }
        #expect(try tree.names(in: "usr/lib") == ["real", "up"])
    }
}
