// SPDX-License-Identifier: Apache-2.0

import Archives
import Building
import Storage
import TestHouse
import Testing
import Vocabulary

/// A folder to pack, with one of everything that a package can hold.
struct PackingScene {
    static let tree = """
        mkdir -p tree/usr/bin tree/usr/share/doc tree/var/spool
        printf 'program' >tree/usr/bin/app; chmod 4755 tree/usr/bin/app
        printf 'text' >tree/usr/share/doc/app.txt
        : >tree/usr/share/empty
        ln -s ../../bin/app tree/usr/share/link
        ln tree/usr/bin/app tree/usr/bin/again
        chmod 1777 tree/var/spool
        find tree -exec touch -h -d @1750000000 {} +
        touch -d @1760000000 tree/usr/share/doc/app.txt
        """
    let scratch: Scratch
    var folder: HostPath { HostPath("\(scratch.path)/tree") }

    init(_ script: String = Self.tree) throws {
        scratch = try Scratch()
        try scratch.sh("mkdir out; \(script)")
    }

    static func metadata(_ change: (inout PackageMetadata) -> Void = { _ in }) throws -> PackageMetadata {
        let name = try #require(PackageName("app"))
        var metadata = PackageMetadata(
            name: name, version: "1.2.3-r4", architecture: "x86_64", description: "an application")
        metadata.url = "https://app.example.org"
        metadata.license = "MIT OR Apache-2.0"
        metadata.maintainer = "Somebody <somebody@example.org>"
        change(&metadata)
        return metadata
    }

    static let key = Result { try PackageSigningKey.generate(bits: 2048, name: "test.rsa.pub") }

    func pack(
        _ metadata: PackageMetadata? = nil, key: PackageSigningKey? = nil, owners: PackedOwners = .root,
        time: Int64? = nil
    ) throws -> (packed: PackedPackage, bytes: [UInt8]) {
        let metadata = try metadata ?? Self.metadata()
        let packed = try AlpinePacker(key: key, scratch: HostPath(scratch.path)).pack(
            folder, metadata, owners: owners, time: time, into: HostPath("\(scratch.path)/out"))
        return (packed, try HostDirectory.read(packed.path))
    }
}

@Suite struct AlpinePackerTests {
    @Test("the data hold every kind of entry, in order, root's, with one time and the checksums of apk")
    func data() throws {
        let scene = try PackingScene()
        _ = try scene.pack()
        // GNU tar reads all members as one tar, as it must.
        let listing = String(
            decoding: try scene.scratch.sh(
                "tar --warning=no-unknown-keyword -tvzf out/app-1.2.3-r4.apk --full-time --numeric-owner"),
            as: UTF8.self)
        let time = "2025-10-09 08:53:20"
        #expect(
            listing.split(separator: "\n").filter { !$0.contains(".PKGINFO") }.map {
                $0.replacing(#/ +/#, with: " ")
            } == [
                "drwxr-xr-x 0/0 0 \(time) usr/", "drwxr-xr-x 0/0 0 \(time) usr/bin/",
                "-rwsr-xr-x 0/0 7 \(time) usr/bin/again",
                "hrwsr-xr-x 0/0 0 \(time) usr/bin/app link to usr/bin/again",
                "drwxr-xr-x 0/0 0 \(time) usr/share/", "drwxr-xr-x 0/0 0 \(time) usr/share/doc/",
                "-rw-r--r-- 0/0 4 \(time) usr/share/doc/app.txt", "-rw-r--r-- 0/0 0 \(time) usr/share/empty",
                "lrwxrwxrwx 0/0 0 \(time) usr/share/link -> ../../bin/app", "drwxr-xr-x 0/0 0 \(time) var/",
                "drwxrwxrwt 0/0 0 \(time) var/spool/",
            ])
    }

    @Test("what the format asks for holds, read by Python's zlib, tarfile and hashlib and by openssl")
    func otherReaders() throws {
        let scene = try PackingScene()
        let key = try PackingScene.key.get()
        try scene.scratch.write(key.publicPEM, to: "test.rsa.pub")
        _ = try scene.pack(key: key)
        let script = """
            python3 '\(sourceRoot)/Scripts/testing/read-apk.py' out/app-1.2.3-r4.apk .
            openssl dgst -sha256 -verify test.rsa.pub -signature .SIGN.RSA256.test.rsa.pub control.gz
            """
        let report = String(decoding: try scene.scratch.sh(script), as: UTF8.self)
        #expect(
            report == """
                members 3
                signature: .SIGN.RSA256.test.rsa.pub 256
                control: .PKGINFO
                datahash holds
                checksums of 4 entries hold
                Verified OK

                """)
    }

    @Test("the control file says all that was said of the package, in a fixed order")
    func control() throws {
        let scene = try PackingScene()
        let metadata = try PackingScene.metadata {
            $0.origin = "suite"
            $0.dependencies.runtime = ["so:libc.so.6", "other>=1.2", "!rival"]
            $0.dependencies.provides = ["cmd:app=1.2.3-r4"]
            $0.dependencies.replaces = ["old-app"]
            $0.dependencies.installIf = ["suite=1.2.3-r4", "docs"]
            $0.dependencies.providerPriority = 10
            $0.dependencies.replacesPriority = 5
            $0.scripts = [.postInstall: "#!/bin/sh\necho done\n", .trigger: "#!/bin/sh\n"]
            $0.triggerPaths = ["/usr/share/icons/*", "/etc"]
        }
        _ = try scene.pack(metadata)
        let text = String(
            decoding: try scene.scratch.sh(
                "tar --warning=no-unknown-keyword -xOzf out/app-1.2.3-r4.apk .PKGINFO; tar --warning=no-unknown-keyword -tzf out/app-1.2.3-r4.apk | grep '^[.]'"
            ),
            as: UTF8.self)
        let lines = text.split(separator: "\n").map { $0.hasPrefix("datahash") ? "datahash" : String($0) }
        #expect(
            lines == [
                "# Generated by slipway", "pkgname = app", "pkgver = 1.2.3-r4", "arch = x86_64", "size = 11",
                "origin = suite", "pkgdesc = an application", "url = https://app.example.org",
                "maintainer = Somebody <somebody@example.org>", "builddate = 1760000000",
                "license = MIT OR Apache-2.0", "depend = so:libc.so.6", "depend = other>=1.2",
                "depend = !rival",
                "provides = cmd:app=1.2.3-r4", "replaces = old-app", "install_if = suite=1.2.3-r4 docs",
                "provider_priority = 10", "replaces_priority = 5", "triggers = /usr/share/icons/* /etc",
                "datahash",
                ".PKGINFO", ".post-install", ".trigger",
            ])
    }

    @Test(
        "equal folders give equal packages, whoever packs them and however they came about",
        arguments: [
            "",  // again
            "mv tree old; mkdir tree; (cd old && ls -A | sort -r | while read n; do cp -a \"$n\" ../tree/; done)",
            "cp -a tree other; rm -rf tree; mv other tree; touch tree tree/usr tree/var",
        ])
    func deterministic(change: String) throws {
        let scene = try PackingScene()
        let key = try PackingScene.key.get()
        let first = try scene.pack(key: key).bytes
        try scene.scratch.sh("umask 077; \(change)")
        #expect(try scene.pack(key: key).bytes == first)
    }

    @Test("SOURCE_DATE_EPOCH is every entry's time")
    func sourceDate() throws {
        let scene = try PackingScene()
        let first = try scene.pack(time: 1_000_000_000).bytes
        try scene.scratch.sh("find tree -exec touch -h {} +")
        #expect(try scene.pack(time: 1_000_000_000).bytes == first)
        #expect(try scene.pack(time: 1_000_000_001).bytes != first)
    }

    @Test("owners are root's unless asked for", .enabled(if: Tool.isRoot, "giving files away needs root"))
    func owners() throws {
        let scene = try PackingScene()
        let plain = try scene.pack().bytes
        try scene.scratch.sh("chown 501:20 tree/usr/share/doc/app.txt; chown -h 12:34 tree/usr/share/link")
        #expect(try scene.pack().bytes == plain)
        _ = try scene.pack(owners: .asInFolder)
        let listing = String(
            decoding: try scene.scratch.sh(
                "tar --warning=no-unknown-keyword -tvzf out/app-1.2.3-r4.apk --numeric-owner"), as: UTF8.self)
        #expect(listing.contains("501/20") && listing.contains("12/34"))
    }

    @Test("capabilities travel", .enabled(if: Tool.isRoot, "capabilities need root"))
    func attributes() throws {
        let scene = try PackingScene()
        // cap_net_bind_service=ep, as setcap writes it.
        let value = "0100000200040000000000000000000000000000"
        try scene.scratch.sh(
            "python3 -c 'import os; os.setxattr(\"tree/usr/share/empty\", \"security.capability\", bytes.fromhex(\"\(value)\"))'"
        )
        _ = try scene.pack()
        let found = String(
            decoding: try scene.scratch.sh(
                """
                python3 -c 'import tarfile
                for m in tarfile.open("out/app-1.2.3-r4.apk"):
                    v = m.pax_headers.get("SCHILY.xattr.security.capability")
                    if v: print(m.name, v.encode("utf-8", "surrogateescape").hex())'
                """), as: UTF8.self)
        #expect(found == "usr/share/empty \(value)\n")
    }

    @Test(
        "what cannot be packed is named",
        arguments: [
            ("mkfifo tree/pipe", "it is no file, directory or link; remove it from the folder"),
            ("printf x >\"$(printf 'tree/\\377')\"", "its name is not UTF-8"),
        ])
    func unpackable(change: String, reason: String) throws {
        let scene = try PackingScene()
        try scene.scratch.sh(change)
        let error = #expect(throws: BuildingError.self) { try scene.pack() }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(try HostDirectory.names(in: HostPath("\(scene.scratch.path)/out")).isEmpty)
    }

    @Test(
        "metadata that the format cannot say are refused",
        arguments: [
            ("a/b", "1.0-r0", "", "is no package's name"), ("app", "1.0 r0", "", "is no version"),
            ("app", "1.0-r0", "a b", "a b"),
        ])
    func badMetadata(name: String, version: String, depends: String, reason: String) throws {
        let scene = try PackingScene()
        var metadata = try PackingScene.metadata()
        metadata.name = try #require(PackageName(name) ?? PackageName("not:a:name"))
        metadata.version = version
        if !depends.isEmpty { metadata.dependencies.runtime = [depends] }
        let error = #expect(throws: BuildingError.self) { try scene.pack(metadata) }
        #expect(error?.description.contains(reason) == true)
    }
}
