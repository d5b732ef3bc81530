// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestHouse
import Testing

/// lua from upstream's release as Debian packages, built in the packages of this machine's own Debian, over its apt mirror.
@Suite(
    "A recipe's .deb on this machine's Debian",
    .enabled(
        if: SlipwayProgram.isThere && Tool.isRoot && Tool.exists("apt-get") && Tool.exists("dpkg-shlibdeps"),
        "needs slipway, root and a Debian with dpkg-dev"),
    .enabled(if: getenv("SLIPWAY_DEEP") != nil, "with SLIPWAY_DEEP=1 (make deep): minutes"))
struct LuaPackageTests {
    private static let recipe = """
        package:
          name: lua
          version: 5.4.7
          epoch: 0
          description: a small language for programs to be extended with
          url: https://www.lua.org
          copyright: [{license: MIT, attestation: "1994-2024 Lua.org, PUC-Rio", license-path: src/lua.h}]
        environment:
          contents:
            repositories: [deb system SUITE main]
            packages: [binutils, coreutils, dash, findutils, gcc, grep, libc6-dev, libreadline-dev, make, sed]
        pipeline:
          - uses: fetch
            with:
              uri: debian:lua5.4@trixie
              expected-sha256: 9fbf5e28ef86c69858f6d3d34eccc32e911c1a28b4120ff3e84aaa70cfbf1e30
          - name: build
            runs: |
              make -C src MYCFLAGS="-fPIC -DLUA_USE_LINUX -DLUA_USE_READLINE" ALL=a a
              cd src
              gcc -shared -Wl,-soname,liblua5.4.so.0 -o liblua5.4.so.0.0.0 -Wl,--whole-archive liblua.a -Wl,--no-whole-archive -lm -ldl
              gcc -O2 -DLUA_USE_LINUX -DLUA_USE_READLINE -c lua.c
              gcc -o lua lua.o liblua5.4.so.0.0.0 -lm -ldl -lreadline
          - name: install
            runs: |
              install -Dm755 src/lua ${{targets.destdir}}/usr/bin/lua
              install -Dm644 src/liblua5.4.so.0.0.0 ${{targets.destdir}}/usr/lib/x86_64-linux-gnu/liblua5.4.so.0.0.0
              ln -s liblua5.4.so.0.0.0 ${{targets.destdir}}/usr/lib/x86_64-linux-gnu/liblua5.4.so.0
              install -Dm644 doc/lua.1 ${{targets.destdir}}/usr/share/man/man1/lua.1
              install -d ${{targets.destdir}}/etc; echo '-- settings' >${{targets.destdir}}/etc/lua.conf
              printf '#!/usr/bin/env lua\\nprint("hello")\\n' >${{targets.destdir}}/usr/bin/lua-hello
              chmod 755 ${{targets.destdir}}/usr/bin/lua-hello
          - uses: strip
        subpackages:
          - name: lua-libs
            description: lua's library
            pipeline:
              - runs: |
                  mkdir -p ${{targets.contextdir}}/usr
                  mv ${{targets.destdir}}/usr/lib ${{targets.contextdir}}/usr/
          - name: lua-doc
            description: lua's manual page
            dependencies: {runtime: ["lua=${{package.full-version}}"]}
            pipeline: [{uses: split/manpages}]
        test:
          pipeline:
            - runs: lua -e 'assert(_VERSION == "Lua 5.4")'

        """

    private func build(_ scratch: Scratch) throws -> String {
        let suite = String(
            decoding: try scratch.sh(". /etc/os-release; echo $VERSION_CODENAME"), as: UTF8.self
        )
        .filter { !$0.isWhitespace }
        try scratch.write(Array(Self.recipe.replacing("SUITE", with: suite).utf8), to: "lua.yaml")
        let keyring = try DebianConsumer.makeKey(in: scratch)
        for arguments in [
            ["key", "generate"],
            [
                "recipe", "build", "lua.yaml", "--format", "deb", "--gpg-key", "packages@example.org",
                "--gpg-home",
                "\(scratch.path)/gnupg", "--provenance-key", "slipway.key", "--quiet",
            ],
        ] {
            let outcome = try SlipwayProgram.run(arguments, in: scratch.path)
            #expect(outcome.exit == 0, "\(outcome.stderr.suffix(3000))")
        }
        return keyring
    }

    @Test(
        "it asks for what dpkg-shlibdeps says, apt takes it with its needs, dpkg installs it, it runs, and it builds again to the same bytes"
    )
    func lua() throws {
        let scratch = try Scratch()
        let keyring = try build(scratch)
        let pool = "packages/pool/main/l/lua"
        let files = ["lua", "lua-libs", "lua-doc"].map { "\(pool)/\($0)_5.4.7-r0_amd64.deb" }
        let fields = try files.map { try DebianConsumer.fields(of: $0, in: scratch) }
        #expect(fields[1]["Multi-Arch"] == "same" && fields[2]["Depends"] == "lua (= 5.4.7-r0)", "\(fields)")
        let control = String(
            decoding: try scratch.sh(
                "mkdir control; dpkg-deb -e \(files[1]) control; cat control/shlibs control/triggers; mkdir own; dpkg-deb -e \(files[0]) own; cat own/conffiles"
            ),
            as: UTF8.self)
        #expect(
            control == "liblua5.4 0 lua-libs (>= 5.4.7-r0)\nactivate-noawait ldconfig\n/etc/lua.conf\n",
            "\(control)")
        try oracle(files, fields.map { $0["Depends"] ?? "" }, scratch)
        // dpkg, in a system that holds nothing else, and with this machine's libraries.
        try DebianConsumer.install(files, in: scratch, force: "--force-depends")
        let said = try scratch.sh(
            "export LD_LIBRARY_PATH=$PWD/root/usr/lib/x86_64-linux-gnu PATH=$PWD/root/usr/bin:$PATH; lua -v; lua-hello"
        )
        #expect(
            String(decoding: said, as: UTF8.self).hasPrefix("Lua 5.4.7")
                && said.suffix(6) == Array("hello\n".utf8))
        try scratch.sh("cd root; md5sum -c --quiet var/lib/dpkg/info/lua.md5sums")
        // apt, with what this machine has installed, and its own sources for the rest.
        let plan = try DebianConsumer.apt(
            "packages", suite: "stable", keyring: keyring, asking: "lua", in: scratch,
            status: "/var/lib/dpkg/status",
            more: "cp /etc/apt/sources.list.d/debian.sources apt/parts/ 2>/dev/null || true")
        #expect(plan.contains("Inst lua (5.4.7-r0 ") && plan.contains("Inst lua-libs (5.4.7-r0 "), "\(plan)")
        let keys = ["--key", "slipway.pub", "--key", keyring]
        let proof = try SlipwayProgram.run(
            ["recipe", "verify"] + files + keys + ["--rebuild"], in: scratch.path)
        #expect(proof.exit == 0, "\(proof.stderr.suffix(2000))\(proof.text)")
    }

    /// dpkg-shlibdeps over the same files, on this machine, whose libraries are those of the build root.
    private func oracle(_ files: [String], _ depends: [String], _ scratch: Scratch) throws {
        for (file, found) in zip(files, depends).prefix(2) {
            let said = String(
                decoding: try scratch.sh(
                    """
                    rm -rf o; mkdir -p o/debian; cd o; for f in ../\(files[0]) ../\(files[1]); do dpkg-deb -x $f all; done
                    dpkg-deb -x ../\(file) one
                    printf 'Source: a\\nMaintainer: a <a@b.c>\\n\\nPackage: a\\nArchitecture: any\\nDescription: d\\n' >debian/control
                    echo 'liblua5.4 0 lua-libs (= 5.4.7-r0)' >debian/shlibs.local
                    dpkg-shlibdeps -O -lall/usr/lib/x86_64-linux-gnu --ignore-missing-info \
                        $(find one -type f \\( -name lua -o -name '*.so*' \\)) 2>/dev/null
                    """), as: UTF8.self)
            func sorted(_ text: some StringProtocol) -> [String] {
                text.split(separator: ",").map {
                    $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                }.sorted()
            }
            let expected = said.split(separator: "=", maxSplits: 1).dropFirst().joined()
            #expect(sorted(expected) == sorted(found), "\(file): \(said)")
        }
    }
}
