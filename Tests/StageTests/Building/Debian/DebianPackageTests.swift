// SPDX-License-Identifier: Apache-2.0

import Building
import Storage
import TestHouse
import Testing
import Vocabulary

@Suite struct DebianPackageTests {
    private static let control = """
        mkdir tree/DEBIAN
        cat >tree/DEBIAN/control <<'END'
        Package: app
        Version: 1:1.2.3-4
        Architecture: amd64
        Maintainer: Somebody <somebody@example.org>
        Depends: lib (>= 1.0)
        Description: an application
         with two lines
        END
        printf '#!/bin/sh\\ntrue\\n' >tree/DEBIAN/postinst
        """

    private func pack(_ scene: PackingScene) throws -> (packed: PackedPackage, bytes: [UInt8]) {
        let packed = try DebianPacker(scratch: HostPath(scene.scratch.path)).pack(
            scene.folder, into: HostPath("\(scene.scratch.path)/out"))
        return (packed, try HostDirectory.read(packed.path))
    }

    @Test("dpkg-deb reads what was packed: fields, files, modes, links")
    func dpkg() throws {
        let scene = try PackingScene(PackingScene.tree + "\n" + Self.control)
        let packed = try pack(scene).packed
        #expect(String(packed.path.name) == "app_1.2.3-4_amd64.deb" && packed.version == "1:1.2.3-4")
        let report = String(
            decoding: try scene.scratch.sh(
                """
                dpkg-deb -f out/*.deb Package Version Depends Description
                dpkg-deb --ctrl-tarfile out/*.deb | tar -tvf - --numeric-owner | awk '{print $1, $2, $3, $6}'
                dpkg-deb -x out/*.deb unpacked
                (cd tree && tar --exclude ./DEBIAN --numeric-owner --owner 0 --group 0 --mtime @0 --sort name -cf ../one.tar .)
                (cd unpacked && tar --numeric-owner --owner 0 --group 0 --mtime @0 --sort name -cf ../two.tar .)
                tar -tvf one.tar >one; tar -tvf two.tar >two; cmp one two && echo same tree
                """), as: UTF8.self)
        #expect(
            report == """
                Package: app
                Version: 1:1.2.3-4
                Depends: lib (>= 1.0)
                Description: an application
                 with two lines
                drwxr-xr-x 0/0 0 ./
                -rw-r--r-- 0/0 162 ./control
                -rwxr-xr-x 0/0 15 ./postinst
                same tree

                """)
    }

    @Test("equal folders give equal packages")
    func deterministic() throws {
        let scene = try PackingScene(PackingScene.tree + "\n" + Self.control)
        let first = try pack(scene).bytes
        try scene.scratch.sh("umask 077; cp -a tree other; rm -rf tree; mv other tree; touch tree/DEBIAN/*")
        #expect(try pack(scene).bytes == first)
    }

    @Test("a package of dpkg-deb is shown and unpacked")
    func showAndExtract() throws {
        let scene = try PackingScene(
            PackingScene.tree + "\n" + Self.control + "\nchmod 755 tree/DEBIAN/postinst")
        try scene.scratch.sh("dpkg-deb --root-owner-group -b tree out/app.deb")
        let file = DebianPackageFile(HostPath("\(scene.scratch.path)/out/app.deb"))
        let facts = try file.facts()
        #expect(facts.name == "app" && facts.version == "1:1.2.3-4" && facts.scripts == ["postinst"])
        #expect(facts.fields.first { $0.name == "Description" }?.value == "an application\nwith two lines")
        #expect(facts.files.contains { $0.path == "usr/share/link" && $0.target == "../../bin/app" })
        #expect(try file.extract(to: HostPath("\(scene.scratch.path)/unpacked")) == [])
        try scene.scratch.sh(
            "rm -r tree/DEBIAN; diff -r --no-dereference tree unpacked; test -u unpacked/usr/bin/app; test unpacked/usr/bin/app -ef unpacked/usr/bin/again"
        )
    }

    @Test(
        "what makes no package is named",
        arguments: [
            ("rm -r tree/DEBIAN", "which says what the package is"),
            ("sed -i '/^Maintainer/d' tree/DEBIAN/control", "has no field Maintainer"),
            ("sed -i 's/^Version.*/Version: 1 2/' tree/DEBIAN/control", "no Version of one word"),
        ])
    func refused(change: String, reason: String) throws {
        let scene = try PackingScene(PackingScene.tree + "\n" + Self.control + "\n" + change)
        let error = #expect(throws: BuildingError.self) { try pack(scene) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
}
