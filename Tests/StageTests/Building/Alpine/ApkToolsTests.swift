// SPDX-License-Identifier: Apache-2.0

import Building
import Storage
import TestHouse
import Testing
import Vocabulary

/// The judge of the format is apk itself; where it is not installed these tests say so.
@Suite(.enabled(if: Tool.exists("apk"), "apk (apk-tools) is not installed"))
struct ApkToolsTests {
    private func scene() throws -> AlpineRepository {
        let repository = try AlpineRepository()
        var facts = AlpineRepository.Facts()
        facts.depends = ["lib>=1.0", "so:libx.so.1"]
        facts.scripts = [.postInstall: "#!/bin/sh\ntrue\n"]
        try repository.add(
            "app", "1.2.3-r4", facts,
            script: PackingScene.tree.replacing("tree/", with: "").replacing("find tree", with: "find ."))
        try repository.add(
            world: "lib 1.0-r0; provides: so:libx.so.1=1\nextra 1-r0; install-if: app=1.2.3-r4 lib")
        try repository.publish()
        try repository.sh(
            "mkdir -p root/etc/apk/keys; cp packages.rsa.pub root/etc/apk/keys/; echo x86_64 >root/etc/apk/arch"
        )
        return repository
    }

    private func apk(_ repository: AlpineRepository, _ arguments: String) throws -> String {
        String(
            decoding: try repository.sh(
                "apk --root root --keys-dir \"$PWD/root/etc/apk/keys\" --no-network --no-cache -X \"$PWD/public\" \(arguments) 2>&1"
            ),
            as: UTF8.self)
    }

    @Test("apk verifies the packages and the index")
    func verify() throws {
        let repository = try scene()
        let report = try apk(
            repository, "verify public/x86_64/app-1.2.3-r4.apk public/x86_64/APKINDEX.tar.gz")
        #expect(report.contains("public/x86_64/app-1.2.3-r4.apk: OK"), "\(report)")
    }

    @Test("apk installs from the repository, scripts aside, and finds every file as it should be")
    func install() throws {
        let repository = try scene()
        let report = try apk(
            repository, "add --initdb --no-scripts $([ \"$(id -u)\" = 0 ] || echo --usermode) app")
        #expect(report.contains("OK:"), "\(report)")
        let tree = String(
            decoding: try repository.sh(
                "cd root; find usr var -not -path 'usr/lib/apk*' -printf '%y %m %s %p %l\\n' | sort -k4"),
            as: UTF8.self)
        #expect(tree.contains("f 4755 7 usr/bin/app") && tree.contains("f 4755 7 usr/bin/again"), "\(tree)")
        #expect(tree.contains("usr/share/link ../../bin/app") && tree.contains("usr/share/extra"))
        let audit = try apk(repository, "audit --check-permissions --system")
        #expect(!audit.contains("usr/"), "\(audit)")
    }

    @Test("apk's own index of the packages says the same")
    func index() throws {
        let repository = try scene()
        let ours = String(
            decoding: try repository.sh("tar -xOzf public/x86_64/APKINDEX.tar.gz APKINDEX"), as: UTF8.self)
        let theirs = String(
            decoding: try repository.sh(
                """
                apk --root root --keys-dir "$PWD/root/etc/apk/keys" index -o theirs.tar.gz public/x86_64/*.apk >/dev/null
                tar -xOzf theirs.tar.gz APKINDEX
                """), as: UTF8.self)
        func records(_ text: String) -> Set<Set<Substring>> {
            Set(
                text.replacing("\n\n", with: "\u{0}").split(separator: "\u{0}").map {
                    Set($0.split(separator: "\n").filter { $0 != "U:" })
                })
        }
        #expect(records(ours) == records(theirs), "\(ours)\n\(theirs)")
    }

    @Test(
        "apk's index of packages that abuild and melange made says the same as ours",
        .enabled(if: SharedFixtures.areHere, "\(SharedFixtures.hint)"))
    func fixtures() throws {
        let scratch = try Scratch()
        let source = SharedFixtures.path("apk/apk")
        try Tool.sh(
            """
            mkdir '\(scratch.path)/all'
            cp \(source)/*.apk \(source)/replaces/*.apk \(source)/alpine-316/*.apk '\(scratch.path)/all'
            """, in: sourceRoot)
        _ = try AlpineIndexer(key: nil).index(HostPath("\(scratch.path)/all"))
        let script = """
            apk --allow-untrusted index -o theirs.tar.gz all/*.apk >/dev/null
            for index in all/APKINDEX.tar.gz theirs.tar.gz; do
                tar -xOzf $index APKINDEX | awk 'BEGIN { RS = ""; FS = "\\n" } { for (i = 1; i <= NF; i++) print $2, $i }' | grep -v '[UL]:$' | sort >$index.txt
            done
            diff all/APKINDEX.tar.gz.txt theirs.tar.gz.txt && wc -l <theirs.tar.gz.txt
            """
        let report = String(decoding: try scratch.sh(script), as: UTF8.self)
        #expect((Int(report.filter(\.isNumber)) ?? 0) > 40, "\(report)")
    }

    @Test("what SHA-1 signs is for old readers, and new ones take it too")
    func sha1() throws {
        let repository = try scene()
        let key = try PackageSigningKey(
            pem: try HostDirectory.read(HostPath(repository.privateKey)), name: "packages.rsa.pub",
            what: "key")
        let path = HostPath("\(repository.directory)/x86_64/lib-1.0-r0.apk")
        try AlpineSigner(key: key, scheme: .rsaSHA1).sign(path)
        let names = String(
            decoding: try repository.sh("tar --warning=no-unknown-keyword -tzf '\(path)' | grep SIGN"),
            as: UTF8.self)
        #expect(names == ".SIGN.RSA256.packages.rsa.pub\n.SIGN.RSA.packages.rsa.pub\n")
        #expect(try apk(repository, "verify '\(path)'").contains("OK"))
    }
}
