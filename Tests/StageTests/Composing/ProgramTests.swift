// SPDX-License-Identifier: Apache-2.0
import Archives
import Storage
import TestHouse
import Testing
import Vocabulary

@testable import Composing

/// What programs need, and whether the image has it.
@Suite struct ProgramTests {
    /// The smallest ELF file with a dynamic section.
    static func elf(
        interpreter: String? = nil, needed: [String] = [], runPath: String? = nil, machine: UInt16 = 62
    ) -> [UInt8] {
        func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var strings: [UInt8] = [0]
        func add(_ text: String) -> UInt64 {
            defer { strings += Array(text.utf8) + [0] }
            return UInt64(strings.count)
        }
        var dynamic: [(UInt64, UInt64)] = needed.map { (1, add($0)) }
        if let runPath { dynamic.append((29, add(runPath))) }
        let interpreterOffset = interpreter.map { add($0) }
        let tableOffset: UInt64 = 64
        let stringsOffset = tableOffset + 56 * 3
        dynamic += [(5, 0x1000 + stringsOffset), (0, 0)]
        let dynamicOffset = stringsOffset + UInt64(strings.count)
        func header(_ type: UInt64, _ offset: UInt64, _ size: UInt64) -> [UInt8] {
            bytes(type, 4) + bytes(4, 4) + bytes(offset, 8) + bytes(0x1000 + offset, 8) + bytes(0, 8)
                + bytes(size, 8)
                + bytes(size, 8) + bytes(8, 8)
        }
        var file = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + bytes(0, 9)
        file +=
            bytes(3, 2) + bytes(UInt64(machine), 2) + bytes(1, 4) + bytes(0, 8) + bytes(tableOffset, 8)
            + bytes(0, 8)
        file += bytes(0, 4) + bytes(64, 2) + bytes(56, 2) + bytes(3, 2) + bytes(0, 6)
        file += header(1, 0, dynamicOffset + 4096) + header(2, dynamicOffset, UInt64(16 * dynamic.count))
        file += interpreterOffset.map { header(3, stringsOffset + $0, 64) } ?? header(0, 0, 0)
        file += strings
        for (tag, value) in dynamic { file += bytes(tag, 8) + bytes(value, 8) }
        return file
    }

    private static func facts(_ bytes: [UInt8]) -> ELFFacts? {
        bytes.withUnsafeBytes { ELFReader.facts(of: $0) }
    }

    @Test func readsWhatReadelfReads() throws {
        for path in ["/bin/bash", "/bin/true", "/usr/bin/perl"] {
            let facts = try #require(Self.facts(try HostDirectory.read(HostPath(path), limit: 64 << 20)))
            let text = String(decoding: try Tool.sh("readelf -dlW \(path)", in: "/"), as: UTF8.self)
            let lines = text.split(separator: "\n")
            let needed = lines.filter { $0.contains("(NEEDED)") }.compactMap {
                $0.split(separator: "[").last?.dropLast()
            }
            #expect(facts.needed == needed.map(String.init))
            #expect(text.contains("[Requesting program interpreter: \(facts.interpreter ?? "?")]"))
        }
    }

    @Test func damagedFilesNeitherCrashNorHang() throws {
        let good = Self.elf(interpreter: "/lib/ld.so", needed: ["a.so", "b.so"], runPath: "$ORIGIN/x:/y")
        let facts = try #require(Self.facts(good))
        #expect(facts.needed == ["a.so", "b.so"] && facts.runPath == ["$ORIGIN/x", "/y"])
        #expect(facts.interpreter == "/lib/ld.so")
        var read = 0
        for bytes in Mutations(of: good, count: 5000, seed: 9) where Self.facts(bytes) != nil { read += 1 }
        #expect(read > 1000)
        let program = try HostDirectory.read(HostPath("/bin/true"), limit: 64 << 20)
        var hardened = 0
        for bytes in Mutations(of: Array(program.prefix(1024) + program.suffix(4096)), count: 2000, seed: 4)
        where bytes.withUnsafeBytes({ ELFReader.hardening(of: $0) }) != nil { hardened += 1 }
        #expect(hardened > 400)
    }

    @Test(arguments: [
        ("#!/bin/sh\n", "/bin/sh", nil), ("#! /usr/bin/env python3\nx", "/usr/bin/env", "python3"),
        ("#!/usr/bin/perl -w \r\n", "/usr/bin/perl", "-w"), ("#!relative\n", nil, nil), ("# no\n", nil, nil),
    ]) func shebangs(_ text: String, _ interpreter: String?, _ argument: String?) {
        let program = ShebangReader.program(in: Array(text.utf8)[...])
        #expect(program == interpreter.map { .script(interpreter: $0, argument: argument) })
    }

    @Test(
        "the program that a script's first line means",
        arguments: [
            ("/bin/sh", nil, "/bin/sh"), ("/usr/bin/perl", "-w", "/usr/bin/perl"),
            ("/usr/bin/env", "python3", "python3"),
            ("/usr/bin/env", "-S perl -w", "perl"), ("/bin/env", "-S LC_ALL=C awk -f", "awk"),
            ("/usr/bin/env", nil, nil),
            ("/usr/bin/env", "-S", nil),
        ] as [(String, String?, String?)])
    func meant(_ interpreter: String, _ argument: String?, _ program: String?) {
        #expect(ShebangReader.program(of: interpreter, argument) == program)
    }

    // MARK: - In images

    private func compose(
        _ programs: [(path: String, bytes: [UInt8], mode: UInt16)],
        environment: [String: String] = [:]
    ) async throws -> ComposedImage {
        let entries = programs.map { program in
            (
                TarEntry(
                    path: "./\(program.path)", kind: .file, mode: program.mode,
                    size: Int64(program.bytes.count)),
                program.bytes
            )
        }
        return try await ComposingHouse().compose([try PackageFiles().make("app", entries: entries)]) {
            $0.process.environment = environment
        }
    }

    @Test func missingLibrariesAndInterpretersAreNamed() async throws {
        let image = try await compose([
            ("usr/bin/a", Self.elf(interpreter: "/lib64/ld.so", needed: ["libx.so.1", "liby.so"]), 0o755),
            ("usr/bin/b", Self.elf(interpreter: "/lib64/ld.so", needed: ["libx.so.1"]), 0o755),
            ("usr/lib/liby.so", Self.elf(), 0o644), ("usr/bin/script", Array("#!/bin/sh\n".utf8), 0o755),
            ("usr/share/sourced", Array("#!/bin/sh\n".utf8), 0o644),
        ])
        #expect(
            image.messages("library-missing") == [
                "/usr/bin/a and 1 more of app needs libx.so.1, which the image does not have"
            ])
        #expect(
            image.messages("interpreter-missing") == [
                "/usr/bin/script of app starts with /bin/sh, which the image does not have",
                "/usr/bin/a and 1 more of app starts with /lib64/ld.so, which the image does not have",
            ])
    }

    @Test func whatEnvIsAskedForIsLookedFor() async throws {
        let image = try await compose(
            [
                ("usr/bin/env", Self.elf(), 0o755), ("usr/bin/awk", Self.elf(), 0o755),
                ("usr/bin/a", Array("#!/usr/bin/env -S awk -f\n".utf8), 0o755),
                ("usr/bin/b", Array("#!/usr/bin/env -S perl -w\n".utf8), 0o755),
            ], environment: ["PATH": "/usr/bin"])
        #expect(
            image.messages("interpreter-missing") == [
                "/usr/bin/b of app starts with perl, which the image does not have"
            ])
    }

    @Test func runPathsAndLinksAreFollowed() async throws {
        let image = try await compose([
            (
                "usr/bin/a",
                Self.elf(interpreter: "/lib64/ld.so", needed: ["libp.so"], runPath: "$ORIGIN/../lib/private"),
                0o755
            ),
            ("usr/lib/private/libp.so", Self.elf(needed: ["libm.so"]), 0o644),
            ("usr/lib/x86_64-linux-gnu/libm.so", Self.elf(), 0o644), ("lib64/ld.so", Self.elf(), 0o755),
        ])
        #expect(image.diagnostics.map(\.message) == [])
    }

    @Test func librariesOffThePathAreNotes() async throws {
        let programs: [(String, [UInt8], UInt16)] = [
            ("usr/bin/a", Self.elf(needed: ["libp.so"]), 0o755),
            ("usr/lib/private/libp.so", Self.elf(), 0o644),
        ]
        #expect(try await compose(programs).messages("library-off-path").count == 1)
        let set = try await compose(programs, environment: ["LD_LIBRARY_PATH": "/usr/lib/private"])
        #expect(set.diagnostics.isEmpty)
    }

    @Test func programsOfOtherMachinesAreNotHeldAgainstThisOne() async throws {
        let image = try await compose([("usr/lib/bpf.o", Self.elf(needed: ["x.so"], machine: 247), 0o644)])
        #expect(image.diagnostics.isEmpty)
    }

    @Test func tablesSurviveTheCache() throws {
        let table = PackageTable(
            control: [ControlMember(name: "c", mode: 0o755, content: [1])],
            entries: [
                PackageEntry(
                    path: try #require(ImagePath("usr/bin/a")), kind: .file, mode: 0o4755, uid: 7,
                    gid: 1 << 31,
                    size: 1 << 40, mtime: -5, digest: ContentHasher.digest(of: "x"), target: nil,
                    program: .elf(
                        ELFFacts(
                            is64Bit: true, machine: 62, interpreter: nil, soname: "s", needed: ["n"],
                            runPath: ["r"]))),
                PackageEntry(
                    path: try #require(ImagePath("b")), kind: .symlink, mode: 0o777, uid: 0, gid: 0, size: 0,
                    mtime: 3,
                    target: "a", program: .script(interpreter: "/bin/sh", argument: "-e")),
            ], captured: [try #require(ImagePath("k")): [1, 2]], newest: 9,
            remarks: [.init(code: "c", path: .root)])
        let bytes = table.encode()
        #expect(try PackageTable(decoding: bytes) == table)
        for damaged in Mutations(of: bytes, count: 3000, seed: 5) { _ = try? PackageTable(decoding: damaged) }
    }

    @Test(arguments: [
        ("usr/share/man/**", "usr/share/man", true), ("usr/share/man/**", "usr/share/man/man1/x", true),
        ("usr/share/man/**", "usr/share/manual", false), ("usr/share/doc/*", "usr/share/doc/x", true),
        ("usr/share/doc/*", "usr/share/doc/x/y", false),
        ("usr/share/doc/*/copyright", "usr/share/doc/x/copyright", true),
        ("etc/cron.*/**", "etc/cron.daily/x", true), ("etc/cron.*/**", "etc/crontab", false),
        ("postgresql-*", "postgresql-17", true), ("a", "a", true), ("a", "ab", false), ("a/**", "b", false),
    ]) func patterns(_ pattern: String, _ path: String, _ matches: Bool) throws {
        #expect(PathPattern(stringLiteral: pattern).matches(try #require(ImagePath(path))) == matches)
    }
}
