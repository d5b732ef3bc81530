// SPDX-License-Identifier: Apache-2.0

import Storage
import TestHouse
import Testing

/// What the guide "Coming from apko" shows: programs of this machine packed into a private repository.
@Suite(
    "A private APK repository",
    .enabled(if: SlipwayProgram.isThere && Tool.exists("readelf"), "needs slipway and readelf"))
struct PrivateRepositoryTests {
    /// Of this machine's own programs; those of aarch64 come from Debian's packages for it.
    private func packed(_ architecture: String = "x86_64") throws -> Scratch {
        let scratch = try Scratch()
        try scratch.sh(
            """
            export HOME="$PWD" SLIPWAY='\(SlipwayProgram.path)' TREE_x86_64=/
            '\(sourceRoot)/Scripts/apk-repository.sh' out/apk \(architecture) >/dev/null
            """)
        return scratch
    }

    @Test("it verifies from its key to its files, and the same programs give the same packages")
    func packing() throws {
        let (first, second) = (try packed(), try packed())
        let verified = try SlipwayProgram.run(
            [
                "apk", "verify", "--key", "out/apk/packages.rsa.pub",
                "out/apk/packages/x86_64/APKINDEX.tar.gz",
            ],
            in: first.path)
        #expect(
            verified.exit == 0 && verified.text.contains("(7 checks)"), "\(verified.stderr)\(verified.text)")
        // Each has a key of its own, and signatures compress to other lengths; what they sign is the same.
        let records = "tar -xOzf out/apk/packages/x86_64/APKINDEX.tar.gz APKINDEX | grep -v '^S:'"
        #expect(try first.sh(records) == second.sh(records))
    }

    @Test(
        "apk installs it, and the program runs with the libraries that came with it",
        .enabled(if: Tool.exists("apk") && Tool.isRoot, "needs apk (apk-tools) and root"))
    func installed() throws {
        let scratch = try packed()
        let report = String(
            decoding: try scratch.sh(
                """
                mkdir -p root/etc/apk/keys; cp out/apk/packages.rsa.pub root/etc/apk/keys/; echo x86_64 >root/etc/apk/arch
                apk --root root --keys-dir "$PWD/root/etc/apk/keys" --no-network --no-cache -X "$PWD/out/apk/packages" \\
                    add --initdb --no-scripts xz busybox >/dev/null
                chroot root /usr/bin/xz --version
                chroot root /usr/bin/busybox sh -c 'echo text | /usr/bin/xz | /usr/bin/xz -d'
                """), as: UTF8.self)
        #expect(report.contains("liblzma") && report.hasSuffix("text\n"), "\(report)")
    }

    @Test(
        "the example's image of it passes its tests under runc, and its evidence proves it",
        .enabled(
            if: Tool.isRoot && Tool.exists("runc") && Tool.exists("qemu-aarch64-static"),
            "needs root, runc and qemu-user-static"), arguments: [("x86_64", "amd64"), ("aarch64", "arm64")])
    func image(_ name: String, _ architecture: String) throws {
        let scratch = try packed(name)
        for line in [
            "key generate",
            "build \(sourceRoot)/Examples/apk/image.yaml -o out/xz --arch \(architecture) --test --sign slipway.key",
            "verify --rebuild --key slipway.pub out/xz",
        ] {
            let outcome = try SlipwayProgram.run(
                line.split(separator: " ").map(String.init), in: scratch.path)
            #expect(outcome.exit == 0, "\(line): \(outcome.stderr)\(outcome.text.suffix(2000))")
        }
    }
}
