// SPDX-License-Identifier: Apache-2.0

import Storage
import TestHouse
import Testing
import Vocabulary

/// A folder in which somebody keeps a repository with the program, as a user types it.
private struct Keeper {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try scratch.sh(
            """
            mkdir -p hello/usr/bin; printf 'hello' >hello/usr/bin/hello; chmod 755 hello/usr/bin/hello
            find hello -exec touch -h -d @1750000000 {} +
            cat >hello.yaml <<'END'
            name: hello
            version: 1.0.0-r0
            arch: x86_64
            description: says hello
            license: MIT
            END
            """)
        let made = try slipway("key generate --type rsa --bits 2048 --name packages")
        try #require(made.exit == 0, "\(made.stderr)")
    }

    func slipway(_ line: String, environment: [String: String] = [:]) throws -> SlipwayProgram.Outcome {
        try SlipwayProgram.run(
            line.split(separator: " ").map(String.init), in: scratch.path, environment: environment)
    }
}

@Suite("slipway apk", .enabled(if: SlipwayProgram.isThere, "slipway was not built"))
struct ApkCommandTests {
    private static let pack = "apk pack hello --metadata hello.yaml --key packages.rsa -o packages/x86_64"
    private static let index = "apk index packages/x86_64 --key packages.rsa"

    @Test("key, pack, index, sign, show, extract: a repository from nothing")
    func wholeWay() throws {
        let keeper = try Keeper()
        for line in [Self.pack, Self.index] {
            let outcome = try keeper.slipway(line)
            #expect(outcome.exit == 0, "\(outcome.stderr)")
        }
        let mode = String(
            decoding: try keeper.scratch.sh("stat -c %a packages.rsa packages.rsa.pub"), as: UTF8.self)
        #expect(mode == "600\n644\n")
        let again = try keeper.slipway(Self.index + " --json")
        #expect(
            again.text.contains("\"changed\" : false") && again.text.contains("\"kept\" : 1"), "\(again.text)"
        )
        let shown = try keeper.slipway("apk show packages/x86_64/hello-1.0.0-r0.apk")
        #expect(shown.text.contains("pkgname: hello") && shown.text.contains("/usr/bin/hello"))
        #expect(shown.text.contains("signature, not checked: RSA256 packages.rsa.pub"))
        let out = try keeper.slipway("apk extract packages/x86_64/hello-1.0.0-r0.apk")
        #expect(out.exit == 0, "\(out.stderr)")
        try keeper.scratch.sh("diff -r hello hello-1.0.0-r0")
        let verified = try keeper.slipway(
            "apk verify --key packages.rsa.pub packages/x86_64/APKINDEX.tar.gz packages/x86_64/hello-1.0.0-r0.apk"
        )
        #expect(verified.exit == 0 && verified.text.contains("packages.rsa.pub (sha256:"), "\(verified.text)")
        let bytes = try keeper.scratch.sh("cat packages/x86_64/*")
        #expect(
            try keeper.slipway("apk sign --key packages.rsa packages/x86_64/hello-1.0.0-r0.apk").exit == 0)
        #expect(try keeper.slipway("apk sign --key packages.rsa packages/x86_64/APKINDEX.tar.gz").exit == 0)
        #expect(try keeper.scratch.sh("cat packages/x86_64/*") == bytes)
    }

    @Test("the same package under another time zone, umask and home")
    func deterministic() throws {
        let keeper = try Keeper()
        _ = try keeper.slipway(Self.pack)
        let first = try keeper.scratch.read("packages/x86_64/hello-1.0.0-r0.apk")
        try keeper.scratch.sh("rm -r packages; mkdir elsewhere")
        let command = SlipwayProgram.command(
            Self.pack.split(separator: " ").map(String.init), home: "\(keeper.scratch.path)/elsewhere",
            environment: ["TZ": "Asia/Tokyo", "LC_ALL": "C", "TMPDIR": "\(keeper.scratch.path)/elsewhere"])
        try keeper.scratch.sh("umask 077; \(command)")
        #expect(try keeper.scratch.read("packages/x86_64/hello-1.0.0-r0.apk") == first)
    }

    @Test("Ctrl-C while packing leaves nothing")
    func interrupted() throws {
        let keeper = try Keeper()
        try keeper.scratch.sh("truncate -s 8G hello/usr/bin/big")
        let command = SlipwayProgram.command(
            Self.pack.split(separator: " ").map(String.init), home: keeper.scratch.path,
            environment: ["TMPDIR": keeper.scratch.path])
        let report = String(
            decoding: try keeper.scratch.sh(
                """
                \(command) 2>said & pid=$!
                until ls -l "/proc/$pid/fd" 2>/dev/null | grep -q /big || ! kill -0 $pid; do sleep 0.05; done
                kill -INT $pid
                if wait $pid; then code=0; else code=$?; fi
                tail -n 1 said; echo $code; ls -A packages/x86_64; ls | tr '\\n' ' '
                """), as: UTF8.self)
        #expect(
            report == "interrupted\n130\nhello hello.yaml packages packages.rsa packages.rsa.pub said ",
            "\(report)")
    }

    @Test(
        "mistakes end in a sentence",
        arguments: [
            ("apk pack hello --metadata none.yaml", 1, "none.yaml"),
            ("apk pack hello --metadata hello.yaml --key no.rsa", 1, "slipway key generate --type rsa"),
            ("apk index none --key packages.rsa", 1, "there is no folder 'none'"),
            ("apk sign --key packages.rsa hello.yaml", 1, "is no index"),
            ("apk show hello.yaml", 1, "is no package"),
            ("apk verify --key none.pub hello.yaml", 1, "there is no key 'none.pub'"),
            ("apk extract hello.yaml -o hello", 1, "is there already"),
            ("apk pack hello --metadata hello.yaml --rsa-sha1", 1, "no --key is given"),
            ("key generate --type rsa --bits 2048 --name packages", 1, "exists and is not overwritten"),
        ])
    func mistakes(line: String, exit: Int32, sentence: String) throws {
        let keeper = try Keeper()
        let outcome = try keeper.slipway(line)
        #expect(outcome.exit == exit)
        #expect(outcome.stderr.contains(sentence), "\(outcome.stderr)")
        try keeper.scratch.sh("test ! -e none")
    }
}

@Suite(
    "slipway deb",
    .enabled(if: SlipwayProgram.isThere && Tool.exists("gpg"), "slipway was not built, or no gpg"))
struct DebCommandTests {
    private func keeper() throws -> Keeper {
        let keeper = try Keeper()
        try keeper.scratch.sh(
            """
            mkdir hello/DEBIAN
            printf 'Package: hello\\nVersion: 1.0-1\\nArchitecture: amd64\\nMaintainer: S <s@example.org>\\nDescription: says hello\\n' >hello/DEBIAN/control
            '\(LocalRepository.script)' init gpg
            """)
        return keeper
    }

    private static let pack = "deb pack hello -o repository/pool/main"
    private static let index = "deb index repository --suite stable --gpg-home"

    @Test("pack, index, verify: apt takes what was signed")
    func wholeWay() throws {
        let keeper = try keeper()
        let home = "\(keeper.scratch.path)/gpg/gnupg"
        for line in [Self.pack, "\(Self.index) \(home)", "deb verify repository --keyring gpg/archive.gpg"] {
            let outcome = try keeper.slipway(line)
            #expect(outcome.exit == 0, "\(line): \(outcome.stderr)\(outcome.text)")
        }
        let report = String(
            decoding: try keeper.scratch.sh(
                """
                mkdir -p apt/lists/partial apt/cache/archives/partial
                echo "deb [signed-by=$PWD/gpg/archive.gpg] file://$PWD/repository stable main" >apt/sources.list
                : >apt/status
                options="-o Dir::Etc::SourceList=$PWD/apt/sources.list -o Dir::Etc::SourceParts=/dev/null -o Dir::State=$PWD/apt -o Dir::State::status=$PWD/apt/status -o Dir::Cache=$PWD/apt/cache -o APT::Architecture=amd64 -o APT::Architectures=amd64 -o APT::Sandbox::User=root"
                apt-get $options update -qq && apt-cache $options show hello | grep -E '^(Package|Filename)'
                gpgconf --homedir gpg/gnupg --kill gpg-agent
                """), as: UTF8.self)
        #expect(report == "Package: hello\nFilename: pool/main/hello_1.0-1_amd64.deb\n", "\(report)")
    }

    @Test("indexing again changes nothing; a flipped byte is found by verify, with exit code 2")
    func again() throws {
        let keeper = try keeper()
        let home = "\(keeper.scratch.path)/gpg/gnupg"
        _ = try keeper.slipway(Self.pack)
        _ = try keeper.slipway("\(Self.index) \(home)")
        let before = try keeper.scratch.sh("find repository -type f | sort | xargs sha256sum")
        #expect(try keeper.slipway("\(Self.index) \(home)").exit == 0)
        #expect(try keeper.scratch.sh("find repository -type f | sort | xargs sha256sum") == before)
        try keeper.scratch.sh(
            "\(Tool.flip("repository/pool/main/hello_1.0-1_amd64.deb", at: 200)); gpgconf --homedir gpg/gnupg --kill gpg-agent"
        )
        let verdict = try keeper.slipway("deb verify repository --keyring gpg/archive.gpg")
        #expect(verdict.exit == 2 && verdict.text.contains("NO package"), "\(verdict.text)")
    }

    @Test("packages are found by whatever form of the index is there")
    func compressedIndex() throws {
        let repository = try LocalRepository()
        try repository.add("app", "1.0-1")
        try repository.publish(["FORMATS": "xz", "ARCHITECTURES": "amd64"])
        let verdict = try SlipwayProgram.run(
            ["deb", "verify", repository.directory, "--keyring", repository.keyring], in: repository.root)
        #expect(verdict.exit == 0 && verdict.text.contains("app_1.0-1_amd64.deb"), "\(verdict.text)")
    }

    @Test(
        "killed before each name that it gives: each index that the signed release names is there, and the next run ends the work",
        .enabled(if: FaultShim.isPossible, "no C compiler"))
    func killed() throws {
        let keeper = try keeper()
        let index = "\(Self.index) \(keeper.scratch.path)/gpg/gnupg"
        let verify = "deb verify repository --keyring gpg/archive.gpg"
        _ = try keeper.slipway(Self.pack)
        _ = try keeper.slipway(index)
        try keeper.scratch.sh("sed -i s/1.0-1/1.1-1/ hello/DEBIAN/control")
        _ = try keeper.slipway(Self.pack)
        try keeper.scratch.sh("cp -a repository before")
        let shim = try FaultShim()
        var moments = 0
        while true {
            try keeper.scratch.sh("rm -rf repository; cp -a before repository")
            let outcome = try keeper.slipway(
                index, environment: shim.environment(.killed(at: moments + 1, after: false)))
            guard outcome.wasKilled else { break }
            moments += 1
            // As clients do that read an index by its digest: each that the signed release names is there, whole.
            try keeper.scratch.sh(
                """
                cd repository/dists/stable; gpgv -q --keyring ../../../gpg/archive.gpg -o ../../../signed InRelease 2>/dev/null
                awk '/^SHA256:/ { s = 1; next } /^[^ ]/ { s = 0 } s { print $1, $3 }' ../../../signed > ../../../listed
                test -s ../../../listed
                while read digest path; do
                    echo "$digest  ${path%/*}/by-hash/SHA256/$digest" | sha256sum --check --quiet
                done < ../../../listed
                """)
            let next = try keeper.slipway(index)
            #expect(next.exit == 0, "before name \(moments): \(next.stderr)")
            let ended = try keeper.slipway(verify)
            #expect(
                ended.exit == 0 && ended.text.contains("hello_1.1-1_amd64.deb"),
                "before name \(moments): \(ended.text)")
            try keeper.scratch.sh(
                "gpgv -q --keyring gpg/archive.gpg -o signed repository/dists/stable/InRelease 2>/dev/null; cmp signed repository/dists/stable/Release; rm signed"
            )
        }
        // Three forms of the index, each under two names, and the release under two.
        #expect(moments >= 8)
        try keeper.scratch.sh("gpgconf --homedir gpg/gnupg --kill gpg-agent")
    }

    @Test("where signing fails nothing has changed")
    func failedSigning() throws {
        let keeper = try keeper()
        _ = try keeper.slipway(Self.pack)
        let outcome = try keeper.slipway("\(Self.index) /nowhere")
        #expect(outcome.exit == 1 && outcome.stderr.contains("gpg failed"), "\(outcome.stderr)")
        try keeper.scratch.sh(
            "test ! -e repository/dists; gpgconf --homedir gpg/gnupg --kill gpg-agent || true")
    }
}
