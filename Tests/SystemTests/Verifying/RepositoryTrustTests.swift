// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing

/// The finished program before a signed repository, on machines that somebody has tampered with.
@Suite(
    "Trust in a repository",
    .enabled(if: Tool.exists("gpgv") && Tool.exists("dpkg-deb"), "needs gpgv and dpkg-deb"))
struct RepositoryTrustTests {
    /// A definition beside its repository's keyring, and a `gpgv` that only says yes.
    private struct Scene {
        let repository: LocalRepository
        let scratch: Scratch

        init() throws {
            repository = try LocalRepository()
            scratch = try Scratch()
            try repository.add("leaf", "1.0")
            try repository.publish()
            try scratch.sh(
                """
                cp '\(repository.keyring)' archive.gpg
                cat >image.yaml <<'END'
                contents:
                  repositories:
                    - deb [signed-by=archive.gpg] \(repository.url) trixie main
                  packages: [leaf]
                accounts: {run-as: nonroot}
                archs: [amd64]
                END
                mkdir bin
                cat >bin/gpgv <<'END'
                #!/bin/sh
                touch '\(scratch.path)/was-asked'
                while [ $# -gt 0 ]; do
                    case $1 in
                    --output) output=$2; shift ;;
                    --) shift; break ;;
                    esac
                    shift
                done
                sed '1,/^$/d; /^-----BEGIN PGP SIGNATURE/,$d' "$1" >"$output"
                echo '[GNUPG:] NEWSIG'
                echo '[GNUPG:] GOODSIG 0123456789ABCDEF Somebody'
                echo '[GNUPG:] VALIDSIG 0123456789ABCDEF0123456789ABCDEF01234567 2026-03-01 1772366400 0 4 0 22 8 01 0123456789ABCDEF0123456789ABCDEF01234567'
                END
                chmod +x bin/gpgv
                """)
        }

        /// Builds, with the false gpgv first on PATH; what the program said and whether it left an image.
        func build() throws -> (succeeded: Bool, said: String, leftAnImage: Bool) {
            let said = try scratch.sh(
                """
                env -i PATH="$PWD/bin:$PATH" HOME="$PWD/home" '\(slipwayProgram)' build image.yaml -o out 2>&1 ||
                    echo "exit $?"
                """)
            let text = String(decoding: said, as: UTF8.self)
            return (!text.contains("exit "), text, (try? scratch.sh("grep -q sha256: out/index.json")) != nil)
        }

        var falseProgramWasAsked: Bool { (try? scratch.sh("test -e was-asked")) != nil }
    }

    @Test("a gpgv that only says yes, first on PATH, is not asked: a good repository builds")
    func good() throws {
        let scene = try Scene()
        let build = try scene.build()
        #expect(build.succeeded && build.leftAnImage, "\(build.said)")
        #expect(!scene.falseProgramWasAsked)
    }

    @Test("and one whose signed text was changed does not")
    func changed() throws {
        let scene = try Scene()
        try scene.repository.sh("sed -i 's/^Label: Local/Label: Other/' public/dists/trixie/InRelease")
        let build = try scene.build()
        #expect(build.said.contains("exit 1"), "\(build.said)")
        #expect(build.said.contains("InRelease is not trusted"), "\(build.said)")
        #expect(!build.leftAnImage && !scene.falseProgramWasAsked)
    }

    @Test("nor one that another key signed") func otherKey() throws {
        let scene = try Scene()
        let other = try LocalRepository()
        try scene.scratch.sh("cp '\(other.keyring)' archive.gpg")
        let build = try scene.build()
        #expect(build.said.contains("InRelease is not trusted"), "\(build.said)")
        #expect(!build.leftAnImage && !scene.falseProgramWasAsked)
    }

    @Test("an empty keyring trusts nobody") func emptyKeyring() throws {
        let scene = try Scene()
        try scene.scratch.sh(": >archive.gpg")
        let build = try scene.build()
        #expect(build.said.contains("exit 1"), "\(build.said)")
        #expect(build.said.contains("archive.gpg") && build.said.contains("is empty"), "\(build.said)")
        #expect(!build.leftAnImage && !scene.falseProgramWasAsked)
    }
}
