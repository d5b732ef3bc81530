// SPDX-License-Identifier: Apache-2.0

import Pipeline
import Storage
import TestHouse
import Testing
import Vocabulary

extension EvidenceOfABuild {
    @Suite struct BuiltAgain {
        @Test(
            "an empty home, no definition, no lock, another folder: the program builds the published image again"
        )
        func rebuildsFromNothing() async throws {
            let build = try SignedBuild.required()
            try await WorkerThreads(count: 1).run {
                let scratch = try Scratch()
                let said = try scratch.sh(
                    """
                    mkdir home empty && cd empty
                    env -i PATH="$PATH" HOME="$PWD/../home" '\(slipwayProgram)' verify --rebuild \
                        --key '\(build.publicKey)' \(build.reference) 2>&1
                    """)
                let text = String(decoding: said, as: UTF8.self)
                #expect(text.contains("identical, index, manifests and layers"), "\(text)")
                #expect(text.contains("repository-signature"), "\(text)")
                let platform = try scratch.sh(
                    """
                    env -i PATH="$PATH" HOME="$PWD/home" '\(slipwayProgram)' verify --rebuild \
                        --key '\(build.publicKey)' \(build.name)@\(build.platforms[1]) 2>/dev/null
                    """)
                #expect(String(decoding: platform, as: UTF8.self).contains("identical, manifest and layers"))
                #expect(try scratch.sh("ls empty").isEmpty)
            }
        }
    }
}

/// What `slipway verify --rebuild` answers: identical, differs at FILE of PACKAGE, or cannot because INPUT is missing.
@Suite(
    "Proof by building again",
    .enabled(
        if: Tool.exists("gpgv") && Tool.exists("dpkg-deb") && Tool.exists("busybox"),
        "needs gpgv, dpkg-deb and busybox"))
struct RebuildTests {
    @Test("identical, each package back to the repository's signature, by the keyring that travelled")
    func identical() async throws {
        let build = try LocalBuild()
        try await build.build()
        let proof = try await build.prove()
        #expect(proof.verdict.outcome == .passed, "\(proof.verdict.checks.filter { $0.outcome != .passed })")
        #expect(proof.rebuild?.found == "identical, index, manifests and layers")
        #expect(proof.chain?.found.hasPrefix("all 2 packages") == true)
        #expect(!proof.diagnostics.contains { $0.severity == .warning })
    }

    @Test("the mirror is dead, a folder has packages by name and indexes by digest")
    func folder() async throws {
        let build = try LocalBuild()
        try await build.build()
        try build.scratch.sh(
            """
            mkdir kept
            find '\(build.repository.directory)/pool' -name '*.deb' -exec cp {} kept/ \\;
            mv kept/twig_1.0_amd64.deb kept/twig_1%3a1.0_amd64.deb
            mkdir kept/indexes
            find '\(build.repository.directory)/dists' -path '*by-hash*' -type f -exec cp {} kept/indexes/ \\;
            rm -r '\(build.repository.directory)'
            """)
        let proof = try await build.prove(inputs: HostPath("\(build.scratch.path)/kept"))
        #expect(proof.verdict.outcome == .passed, "\(proof.verdict.checks.filter { $0.outcome != .passed })")
        #expect(proof.chain?.found.hasPrefix("all 2 packages") == true)
    }

    @Test("the indexes are gone: identical by digest, and a diagnostic says what was not checked")
    func withoutIndexes() async throws {
        let build = try LocalBuild()
        try await build.build()
        try build.repository.sh("rm -r public/dists")
        let proof = try await build.prove()
        #expect(proof.verdict.outcome == .passed)
        #expect(proof.chain?.found == "0 of 2 packages; digests of the lock for the others")
        #expect(proof.diagnostics.contains { $0.message.contains("no longer served") })
    }

    @Test("and where they travel with the evidence, they are checked")
    func travellingIndexes() async throws {
        let build = try LocalBuild()
        try await build.build(withIndexes: true)
        try build.repository.sh("rm -r public/dists")
        let proof = try await build.prove()
        #expect(proof.verdict.outcome == .passed)
        #expect(proof.chain?.found.hasPrefix("all 2 packages") == true)
    }

    @Test(
        "a package is gone, or its place serves other bytes: cannot, and names it",
        arguments: ["rm $file", "echo other >$file"])
    func missing(script: String) async throws {
        let build = try LocalBuild()
        try await build.build()
        try build.repository.sh("file=public/pool/main/leaf_1.0_amd64.deb\n\(script)")
        let proof = try await build.prove()
        #expect(proof.verdict.outcome == .unchecked)
        let found = try #require(proof.rebuild?.found)
        #expect(found.hasPrefix("cannot be built again: the package leaf 1.0 for amd64 (sha256:"), "\(found)")
        #expect(found.contains("leaf_1.0_amd64.deb: "), "\(found)")
    }

    @Test(
        "one byte of a layer is another, everything is signed again: differs at FILE of PACKAGE, exit code 2")
    func tampered() async throws {
        let build = try LocalBuild()
        try await build.build { built, store in
            try built.replace(
                in: store,
                layer: { tar in
                    var tar = tar
                    let words = Array(LocalBuild.words.utf8)
                    let place = try #require(
                        tar.indices.first { tar[$0...].starts(with: words) }, "the file is in the layer")
                    tar[place] ^= 0x20
                    return tar
                })
        }
        let proof = try await build.prove()
        #expect(proof.rebuild?.outcome == .failed)
        #expect(proof.rebuild?.found == "differs at /usr/share/leaf/words of leaf: other content")
        #expect(proof.chain?.outcome == .passed)
        let said = try build.scratch.sh(
            """
            env -i PATH="$PATH" HOME="$PWD/elsewhere" '\(slipwayProgram)' verify --rebuild --key slipway.pub \
                layout 2>&1 || echo "exit $?"
            """)
        let text = String(decoding: said, as: UTF8.self)
        #expect(text.contains("differs at /usr/share/leaf/words of leaf"), "\(text)")
        #expect(text.contains("exit 2"))
    }

    /// What somebody with the key may change in a layer, as a Python program over its archive, and the answer to it.
    enum Change: String, CaseIterable, CustomTestStringConvertible {
        case mode = "a setuid bit"
        case owner = "another owner"
        case missing = "a file less"
        case surplus = "a file more"
        case target = "a link that leads elsewhere"
        case time = "another time"
        case compression = "another compression"

        var testDescription: String { rawValue }

        var program: String {
            switch self {
            case .mode: "if m.name.endswith('leaf/words'): m.mode |= 0o4000"
            case .owner: "if m.name.endswith('leaf/words'): m.uid = 33"
            case .missing: "if m.name.endswith('twig/name'): continue"
            case .surplus:
                "if m.name.endswith('leaf/words'): m2 = tarfile.TarInfo('usr/share/leaf/more'); new.addfile(m2)"
            case .target: "if m.issym() and m.name == 'bin': m.linkname = 'usr/sbin'"
            case .time: "if m.name.endswith('leaf/words'): m.mtime += 1"
            case .compression: "pass"
            }
        }

        var answer: String {
            switch self {
            case .mode: "differs at /usr/share/leaf/words of leaf: mode 4644, not 644"
            case .owner: "differs at /usr/share/leaf/words of leaf: owner 33:0, not 0:0"
            case .missing: "differs at /usr/share/twig/name of twig: it is missing"
            case .surplus:
                "differs at /usr/share/leaf/more of nothing in the lock: it was not there when built again"
            case .target: "differs at /bin of the rule 'merged-directories': it leads to usr/sbin"
            case .time: "differs in a layer whose files are the same: their times or their order are not"
            case .compression: "differs in compression alone: the same layers, packed otherwise"
            }
        }
    }

    @Test("every other difference in its own words", arguments: Change.allCases)
    func changed(change: Change) async throws {
        let build = try LocalBuild()
        try await build.build { built, store in
            try built.replace(
                in: store,
                layer: { tar in
                    guard change != .compression else { return tar }
                    let scratch = try Scratch()
                    try scratch.write(tar, to: "old")
                    return try scratch.sh(
                        """
                        python3 - <<'PY'
                        import tarfile
                        old = tarfile.open("old")
                        new = tarfile.open("new", "w", format=tarfile.GNU_FORMAT)
                        for m in old:
                            content = old.extractfile(m) if m.isreg() else None
                            \(change.program)
                            new.addfile(m, content)
                        new.close()
                        PY
                        cat new
                        """)
                })
        }
        let proof = try await build.prove()
        #expect(proof.rebuild?.outcome == .failed)
        #expect(proof.rebuild?.found == change.answer)
    }

    @Test("another user in the configuration") func reconfigured() async throws {
        let build = try LocalBuild()
        try await build.build { built, store in
            try built.replace(in: store, layer: { $0 }, configuration: { $0.config?.user = "0" })
        }
        let proof = try await build.prove()
        #expect(proof.rebuild?.outcome == .failed)
        #expect(proof.rebuild?.found == "differs in the configuration: User")
    }

    @Test("a repository that signed nothing: identical, and the chain stays open")
    func unsigned() async throws {
        let build = try LocalBuild()
        try build.repository.publish(["SIGN": "no"])
        try await build.build(allowUnsigned: true)
        let proof = try await build.prove()
        #expect(proof.rebuild?.outcome == .passed)
        #expect(proof.chain?.outcome == .unchecked)
        #expect(proof.chain?.found.hasSuffix("trixie main' is not signed") == true)
    }

    @Test("a package that no repository signed, in a lock that the right key signed")
    func unsignedPackage() async throws {
        let build = try LocalBuild()
        // What the repository signs at first is what the lock will claim; what the image is made of comes later.
        let witness = try await build.witness()
        try build.repository.sh("rm public/pool/main/leaf_1.0_amd64.deb")
        try build.repository.add("leaf", "1.0", files: ["usr/share/leaf/words": "something else"])
        try build.repository.publish()
        try await build.build { built, _ in built.lock.witness.repositories = witness }
        let proof = try await build.prove()
        #expect(proof.rebuild?.outcome == .passed)
        #expect(proof.chain?.outcome == .failed)
        #expect(proof.chain?.found == "no index that a repository signed names leaf")
    }
}
