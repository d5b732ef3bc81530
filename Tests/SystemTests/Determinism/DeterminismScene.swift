// SPDX-License-Identifier: Apache-2.0
import TestHouse

/// A signed repository, a definition with a local file, and the finished program, which is run in as many
/// circumstances as a test thinks of. Every run is a fresh process with an environment that holds what is named here
/// and nothing else.
final class DeterminismScene {
    let scratch: Scratch
    let repository: LocalRepository
    var folder: String { "\(scratch.path)/work" }

    /// `large` has more than one piece of the compressor, `data` is for all architectures, both have links and odd
    /// modes; all of it is made by `dpkg-deb`.
    init() throws {
        scratch = try Scratch()
        repository = try LocalRepository()
        try repository.sh(
            """
            deb() { # NAME ARCHITECTURE FIELD LINES
                rm -rf tree; mkdir -p tree/DEBIAN tree/usr/share/doc/$1 tree/usr/lib/$1/empty
                printf 'Package: %s\\nVersion: 1\\nArchitecture: %s\\nMaintainer: Somebody <somebody@example.org>\\n' \
                    $1 $2 >tree/DEBIAN/control
                printf '%sDescription: a package for tests\\n' "$3" >>tree/DEBIAN/control
                echo "$1" >tree/usr/share/doc/$1/copyright
                seq 1 $4 >tree/usr/lib/$1/$2.txt
                ln tree/usr/lib/$1/$2.txt tree/usr/lib/$1/again
                ln -s $2.txt tree/usr/lib/$1/link
                chmod 2751 tree/usr/lib/$1/empty
                find tree -exec touch -h -d @1750000000 {} +
                '\(LocalRepository.script)' add . "$('\(LocalRepository.script)' deb tree built)"
            }
            for architecture in amd64 arm64; do
                deb small $architecture 'Depends: large, data
            ' 100
                deb large $architecture '' 200000
                deb extra $architecture '' 20000
            done
            deb data all '' 30000
            """)
        try repository.publish()
        try scratch.sh(
            """
            # Other users shall read all of this.
            chmod 755 . '\(repository.root)'; chmod 644 '\(repository.keyring)'
            mkdir work
            cat >work/image.yaml <<'END'
            contents:
              repositories:
                - deb [signed-by=\(repository.keyring)] \(repository.url) trixie main
              packages: [small, extra]
            files:
              - {path: /etc/app/app.conf, source: app.conf, mode: 0640, uid: 7}
              - {path: /etc/app/motd, content: "good morning\\n"}
            accounts: {run-as: nonroot}
            archs: [amd64, arm64]
            END
            printf 'a = 1\\n' >work/app.conf
            """)
    }

    /// Runs `script` in the scratch directory. `$BUILD DEFINITION -o OUT` builds in an empty environment that
    /// `$ENVIRONMENT` adds to; `$PROGRAM` is the file.
    func run(_ script: String) throws {
        try scratch.sh(
            """
            PROGRAM='\(FinishedProgram.path)'
            ENVIRONMENT="HOME=$PWD/home"
            build() { env -i PATH="$PATH" $ENVIRONMENT $WITH "$PROGRAM" build -q "$@"; }
            \(script)
            """)
    }

    /// What is in a layout: every blob by its digest, its content checked against it, and the index.
    func listing(_ layout: String) throws -> [String] {
        let text = String(
            decoding: try scratch.sh(
                """
                cd '\(layout)'
                for blob in blobs/sha256/*; do
                    [ "$(sha256sum <"$blob")" = "${blob##*/}  -" ] || echo "$blob is damaged"
                    echo "$blob"
                done
                cat index.json
                """), as: UTF8.self)
        return text.split(separator: "\n").map(String.init)
    }
    /// The digests that an image consists of: index, manifests, configurations, layers and, once more, what unpacked
    /// layers hash to.
    func image(_ layout: String) throws -> [String] {
        let text = String(
            decoding: try scratch.sh(
                """
                cd '\(layout)'
                digests() { grep -oE 'sha256:[0-9a-f]{64}' "$1" | sed 's/sha256://'; }
                index=$(digests index.json | head -1)
                echo "$index"
                for manifest in $(digests "blobs/sha256/$index"); do
                    for blob in $(digests "blobs/sha256/$manifest"); do echo "$manifest $blob"; done
                    layer=$(digests "blobs/sha256/$manifest" | tail -1)
                    echo "$layer $(gzip -dc "blobs/sha256/$layer" | sha256sum)"
                done
                """), as: UTF8.self)
        return text.split(separator: "\n").map(String.init)
    }
}
