// SPDX-License-Identifier: Apache-2.0

import Archives
import Building
import Storage
import TestHouse
import Testing
import Vocabulary

@Suite struct AlpineIndexerTests {
    private static let world = """
        app 1.2.3-r4; depends: lib>=1.0 so:libc.so.6 !rival; provides: cmd:app=1.2.3-r4; origin: suite; license: MIT OR BSD-2-Clause
        lib 1.0-r0; provider-priority: 7; install-if: app=1.2.3-r4 docs
        """

    private func folder(_ repository: AlpineRepository) -> HostPath {
        HostPath("\(repository.directory)/x86_64")
    }

    private func index(of repository: AlpineRepository) throws -> String {
        let file = try ApkIndexFile(try HostDirectory.read(folder(repository) / "APKINDEX.tar.gz"))
        return String(decoding: file.index, as: UTF8.self)
    }

    private func key(_ repository: AlpineRepository) throws -> PackageSigningKey {
        try PackageSigningKey(
            pem: try HostDirectory.read(HostPath(repository.privateKey)), name: "packages.rsa.pub",
            what: "key")
    }

    @Test("a record says what the package says, letter for letter")
    func record() throws {
        let repository = try AlpineRepository(Self.world)
        let lines = try index(of: repository).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines.map { $0.hasPrefix("C:Q1") ? "C:Q1" : $0.hasPrefix("S:") ? "S:" : String($0) } == [
                "C:Q1", "P:app", "V:1.2.3-r4", "A:x86_64", "S:", "I:13", "T:app for tests",
                "L:MIT OR BSD-2-Clause", "o:suite", "m:Somebody <somebody@example.org>", "t:1767323045",
                "D:lib>=1.0 so:libc.so.6 !rival", "p:cmd:app=1.2.3-r4", "", "C:Q1", "P:lib", "V:1.0-r0",
                "A:x86_64",
                "S:", "I:11", "T:lib for tests", "L:MIT", "o:lib", "m:Somebody <somebody@example.org>",
                "t:1767323045", "k:7", "i:app=1.2.3-r4 docs", "", "",
            ])
        let path = folder(repository) / "app-1.2.3-r4.apk"
        let sizes = lines.filter { $0.hasPrefix("S:") }
        #expect(sizes.first == "S:\(try HostDirectory.read(path).count)")
        let sum = String(
            decoding: try repository.sh(
                """
                python3 '\(sourceRoot)/Scripts/testing/read-apk.py' '\(path)' . >/dev/null
                openssl dgst -sha1 -binary control.gz | openssl base64
                """), as: UTF8.self)
        #expect(lines.first == "C:Q1\(sum.split(separator: "\n")[0])")
    }

    @Test("openssl takes the index's signature, and it is about everything behind it")
    func signature() throws {
        let repository = try AlpineRepository(Self.world)
        let script = """
            python3 - <<'END'
            import zlib
            data = open("public/x86_64/APKINDEX.tar.gz", "rb").read()
            decoder = zlib.decompressobj(31)
            text = decoder.decompress(data) + decoder.flush()
            open("signed", "wb").write(decoder.unused_data)
            open("signature", "wb").write(text[512:512 + 256])
            print(text[:100].rstrip(b"\\0").decode(), len(text))
            END
            openssl dgst -sha256 -verify packages.rsa.pub -signature signature signed
            """
        let report = String(decoding: try repository.sh(script), as: UTF8.self)
        #expect(report == ".SIGN.RSA256.packages.rsa.pub 1024\nVerified OK\n")
    }

    @Test("of one more package only that package is read, and gives the index that a fresh run gives")
    func addOne() throws {
        let repository = try AlpineRepository()
        try repository.add(world: (0..<30).map { "package-\($0) 1.0-r0" }.joined(separator: "\n"))
        let indexer = AlpineIndexer(key: try key(repository))
        let first = try indexer.index(folder(repository))
        #expect(first.read.count == 30 && first.changed)
        let again = try indexer.index(folder(repository), memory: first.memory)
        #expect(again.read == [] && again.kept == 30 && !again.changed)
        try repository.add(world: "package-7 1.1-r0")
        let second = try indexer.index(folder(repository), memory: again.memory)
        #expect(second.read == ["package-7-1.1-r0.apk"] && second.kept == 30 && second.packages == 31)
        let bytes = try HostDirectory.read(second.path)
        try HostDirectory.remove(second.path)
        _ = try indexer.index(folder(repository))
        #expect(try HostDirectory.read(second.path) == bytes)
        try repository.remove("package-3")
        let third = try indexer.index(folder(repository), memory: second.memory)
        #expect(third.gone == 1 && third.read == [] && third.packages == 30)
    }

    @Test("on another machine the signature vouches for what is the same, and only heads are read")
    func otherMachine() throws {
        let repository = try AlpineRepository(Self.world)
        let folder = folder(repository)
        // Damaged data behind an untouched head would be seen by whoever read it.
        try repository.sh("cd public/x86_64; \(Tool.flip("lib-1.0-r0.apk", at: -40))")
        let known = try AlpineIndexer(key: try key(repository)).index(folder)
        #expect(known.read == [] && known.kept == 2 && !known.changed)
        let stranger = try PackageSigningKey.generate(bits: 2048, name: "stranger.rsa.pub")
        #expect(throws: BuildingError.self) { try AlpineIndexer(key: stranger).index(folder) }
    }

    @Test("a record that somebody put into the index is not taken over")
    func forged() throws {
        let repository = try AlpineRepository(Self.world)
        let folder = folder(repository)
        let honest = try HostDirectory.read(folder / "APKINDEX.tar.gz")
        let memory = try AlpineIndexer(key: try key(repository)).index(folder).memory
        try repository.sh(
            """
            mkdir -p forged; cd forged; rm -rf *; tar -xzf ../public/x86_64/APKINDEX.tar.gz
            sed -i 's/^D:lib.*/D:evil/' APKINDEX
            tar -czf body.tar.gz DESCRIPTION APKINDEX
            python3 - <<'END'
            import zlib
            data = open("../public/x86_64/APKINDEX.tar.gz", "rb").read()
            decoder = zlib.decompressobj(31)
            decoder.decompress(data)
            signature = data[: len(data) - len(decoder.unused_data)]
            open("../public/x86_64/APKINDEX.tar.gz", "wb").write(signature + open("body.tar.gz", "rb").read())
            END
            """)
        #expect(try index(of: repository).contains("D:evil"))
        let run = try AlpineIndexer(key: try key(repository)).index(folder, memory: memory)
        #expect(run.read.count == 2 && run.changed)
        #expect(try HostDirectory.read(folder / "APKINDEX.tar.gz") == honest)
    }

    @Test("a package that was replaced in place is read again")
    func replaced() throws {
        let repository = try AlpineRepository(Self.world)
        let indexer = AlpineIndexer(key: try key(repository))
        let memory = try indexer.index(folder(repository)).memory
        try repository.add("lib", "1.0-r0", files: ["usr/share/lib": "other text"])
        try repository.sh("touch -d @1 public/x86_64/lib-1.0-r0.apk")
        #expect(try indexer.index(folder(repository), memory: memory).read == ["lib-1.0-r0.apk"])
    }

    @Test(
        "what clients could not use stops the index, and the one that is there stays",
        arguments: [
            ("mv lib-1.0-r0.apk lib-1.0-r1.apk", "rename it"),
            ("head -c 700 app-1.2.3-r4.apk >broken-1-r0.apk", "'broken-1-r0.apk' is no package"),
            ("ln -s app-1.2.3-r4.apk link-1-r0.apk", "it is no regular file"),
            (Tool.flip("app-1.2.3-r4.apk", at: -40), "'app-1.2.3-r4.apk' is no package"),
        ])
    func refused(change: String, reason: String) throws {
        let repository = try AlpineRepository(Self.world)
        let before = try HostDirectory.read(folder(repository) / "APKINDEX.tar.gz")
        try repository.sh("cd public/x86_64; \(change)")
        let stranger = try PackageSigningKey.generate(bits: 2048, name: "stranger.rsa.pub")
        let error = #expect(throws: BuildingError.self) {
            try AlpineIndexer(key: stranger).index(folder(repository))
        }
        let text = error?.description.replacing("\(folder(repository))/", with: "") ?? ""
        #expect(text.contains(reason), "\(text)")
        #expect(try HostDirectory.read(folder(repository) / "APKINDEX.tar.gz") == before)
    }

    @Test("a package of another architecture is named")
    func otherArchitecture() throws {
        let repository = try AlpineRepository()
        try repository.add(world: "app 1.0-r0; arch: aarch64\ndata 1.0-r0; arch: noarch")
        try repository.sh("mkdir -p public/x86_64; cp public/aarch64/* public/x86_64/")
        let run = try AlpineIndexer(key: nil).index(folder(repository))
        #expect(run.diagnostics.map(\.code.rawValue) == ["other-architecture"])
    }

    @Test(
        "packages that melange made get the records that melange gave them",
        .enabled(if: SharedFixtures.areHere, "\(SharedFixtures.hint)"), arguments: ["x86_64", "aarch64"])
    func fixtures(architecture: String) throws {
        let scratch = try Scratch()
        let source = SharedFixtures.path("apk/apko-cli/packages/\(architecture)")
        // Relative to the package's folder, where tests run.
        try Tool.sh(
            "mkdir '\(scratch.path)/\(architecture)'; cp \(source)/*.apk '\(scratch.path)/\(architecture)'",
            in: sourceRoot)
        let written = try AlpineIndexer(key: nil).index(HostPath("\(scratch.path)/\(architecture)"))
        let ours = try ApkIndexFile(try HostDirectory.read(written.path))
        let theirs = try ApkIndexFile(
            try SharedFixtures.read("apk/apko-cli/packages/\(architecture)/APKINDEX.tar.gz"))
        func records(_ file: ApkIndexFile) -> Set<Set<Substring>> {
            let text = String(decoding: file.index, as: UTF8.self).replacing("\n\n", with: "\u{0}")
            // A time that is not known is not said.
            return Set(
                text.split(separator: "\u{0}").map { Set($0.split(separator: "\n").filter { $0 != "t:0" }) })
        }
        #expect(records(ours) == records(theirs) && written.packages == 4)
    }
}
