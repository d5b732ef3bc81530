// SPDX-License-Identifier: Apache-2.0
import Glibc
import TestHouse
import Testing

/// One input, one image: the finished program gives the same blobs and the same index in every circumstance that
/// people and machines differ in.
@Suite(.serialized) struct DeterminismMatrixTests {
    private struct Case {
        var name: String
        var needsRoot = false
        /// A lock alone, on a machine that never saw the repository, brings no release files: then only the image is
        /// the same, and the evidence says what it lacks.
        var hasReleases = true
        /// Leaves a layout in `out`.
        var script: String
    }

    /// What it takes to forget: remembered builds, then joined layers, too.
    private static let forget = "rm -rf home/.cache/slipway/entries/builds home/.cache/slipway/entries/layer"

    private static let cases: [Case] = [
        Case(name: "cold, once more", script: "ENVIRONMENT=HOME=$PWD/cold; build work/image.yaml -o out"),
        Case(
            name: "another folder, path, time of the files and mode of the definition",
            script: """
                mkdir -p "else where/über"; cp work/image.yaml work/app.conf "else where/über"
                cd "else where/über"; touch -d @1000000000 *; chmod 600 app.conf; chmod 444 image.yaml
                ENVIRONMENT="HOME=$OLDPWD/elsewhere"; build ./image.yaml -o ../../out
                """),
        Case(
            name: "another time zone and language",
            script: """
                ENVIRONMENT="HOME=$PWD/abroad TZ=Pacific/Kiritimati LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 LANGUAGE=tr"
                build work/image.yaml -o out
                """),
        Case(
            name: "a umask that forbids everything to others",
            script: "umask 077; ENVIRONMENT=HOME=$PWD/private; build work/image.yaml -o out"),
        Case(
            name: "a umask that forbids nothing",
            script: "umask 000; ENVIRONMENT=HOME=$PWD/open; build work/image.yaml -o out"),
        Case(
            name: "one core",
            script: "WITH='taskset -c 0'; ENVIRONMENT=HOME=$PWD/one; build work/image.yaml -o out"),
        Case(
            name: "one thread",
            script: "ENVIRONMENT=HOME=$PWD/thread; build work/image.yaml -o out --threads 1"),
        Case(
            name: "many threads",
            script: "ENVIRONMENT=HOME=$PWD/threads; build work/image.yaml -o out --threads 16"),
        Case(
            name: "another user", needsRoot: true,
            script: """
                # The program may stand where others do not get to.
                mkdir theirs; cp "$PROGRAM" theirs/slipway; PROGRAM=$PWD/theirs/slipway
                chmod 755 work; chown -R nobody theirs; rm -f work/image.lock.json
                ENVIRONMENT="HOME=/nonexistent XDG_CACHE_HOME=$PWD/theirs/c XDG_DATA_HOME=$PWD/theirs/d TMPDIR=$PWD/theirs"
                WITH='setpriv --reuid nobody --regid nogroup --clear-groups'
                build work/image.yaml -o theirs/out
                [ "$(stat -c %U theirs/out/index.json)" = nobody ]
                mv theirs/out out; rm theirs/slipway
                """),
        Case(name: "warm: the remembered build", script: "build work/image.yaml -o out"),
        Case(name: "warm: tables and segments", script: "\(forget); build work/image.yaml -o out"),
        Case(
            name: "half warm: every other entry is gone",
            script: """
                \(forget)
                ls -d home/.cache/slipway/entries/*/*.seal | awk 'NR % 2' | xargs rm
                build work/image.yaml -o out
                """),
        Case(
            name: "damaged caches",
            script: """
                \(forget)
                for file in home/.cache/slipway/entries/*/* home/.cache/slipway/blobs/sha256/*; do
                    case $file in *.seal) continue ;; esac
                    chmod u+w "$file"; printf X | dd of="$file" bs=1 seek=40 conv=notrunc status=none
                done
                build work/image.yaml -o out
                """),
        Case(
            name: "from a lock", hasReleases: false,
            script: """
                env -i PATH="$PATH" $ENVIRONMENT "$PROGRAM" lock -q work/image.yaml >/dev/null
                ENVIRONMENT=HOME=$PWD/locked; build work/image.yaml -o out
                """),
        Case(
            name: "from a lock and caches, with the mirror dead",
            script:
                "mv '@PUBLIC@' '@PUBLIC@.dead'; \(forget); build work/image.yaml -o out; mv '@PUBLIC@.dead' '@PUBLIC@'"
        ),
        Case(
            name: "a cache on a full disk, without segments", needsRoot: true,
            script: """
                unshare -m sh -c '
                    mkdir -p full/.cache/slipway; mount -t tmpfs -o size=24m,mode=700 none full/.cache/slipway
                    cp -a home/.cache/slipway/. full/.cache/slipway/
                    rm -rf full/.cache/slipway/entries/[bsl]*
                    dd if=/dev/zero of=full/.cache/slipway/fill bs=64k 2>/dev/null
                    env -i PATH="$PATH" HOME=$PWD/full "$0" build -q work/image.yaml -o out' "$PROGRAM"
                """),
        Case(
            name: "a cache that may not be written to", needsRoot: true,
            script: """
                unshare -m sh -c '
                    mkdir -p read/.cache; cp -a home/.cache/slipway read/.cache/; rm -rf read/.cache/slipway/entries/[bsl]*
                    mount --bind read/.cache/slipway read/.cache/slipway; mount -o remount,bind,ro read/.cache/slipway
                    env -i PATH="$PATH" HOME=$PWD/read "$0" build -q work/image.yaml -o out' "$PROGRAM"
                """),
    ]

    @Test func oneDigestFromEveryBuild() throws {
        let scene = try DeterminismScene()
        try scene.run("build work/image.yaml -o first")
        let expected = try scene.image("first")
        let everything = try scene.listing("first")
        #expect(expected.count == 7 && !everything.contains { $0.contains("damaged") })
        for item in Self.cases where !item.needsRoot || geteuid() == 0 {
            do {
                try scene.run(item.script.replacing("@PUBLIC@", with: scene.repository.directory))
                let found = try scene.image("out")
                #expect(found.difference(from: expected).isEmpty, "\(item.name)")
                if item.hasReleases {
                    let all = try scene.listing("out")
                    #expect(all.difference(from: everything).isEmpty, "\(item.name), with what refers to it")
                }
                try scene.run("rm -rf out")
            } catch {
                Issue.record("\(item.name): \(error)")
                try scene.run("rm -rf out")
            }
        }
    }

    /// Anything that belongs to the input gives another image: the matrix would see it.
    @Test func anotherInputIsAnotherImage() throws {
        let scene = try DeterminismScene()
        try scene.run("build work/image.yaml -o first")
        let first = try scene.image("first")
        try scene.run("printf 'a = 2\\n' >work/app.conf; build work/image.yaml -o second")
        #expect(try scene.image("second") != first)
        try scene.run(
            "printf 'a = 1\\n' >work/app.conf; ENVIRONMENT=\"$ENVIRONMENT SOURCE_DATE_EPOCH=1000\"; "
                + "build work/image.yaml -o third")
        #expect(try scene.image("third") != first)
    }
}
