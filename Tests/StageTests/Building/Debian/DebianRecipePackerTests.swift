// SPDX-License-Identifier: Apache-2.0

import Defining
import Storage
import TestHouse
import Testing
import Vocabulary

@testable import Building

/// What dpkg reads of a recipe's packages.
@Suite(.enabled(if: Tool.exists("dpkg-deb"), "needs dpkg"))
struct DebianRecipePackerTests {
    private static let recipe = """
        package:
          name: App_Main
          version: "1.2_rc1"
          epoch: 3
          description: an application
          url: https://example.org/app
          copyright:
            - {license: MIT, attestation: Somebody, license-path: COPYING}
          dependencies:
            runtime: ["app-data=1.2_rc1-r3", "other>=1.0", "!bad<2", "loose~1.4", "plain"]
            provides: ["virtual=1.2", "cmd:x=1"]
            replaces: ["old<1"]
          scriptlets:
            post-install: |
              #!/bin/sh
              echo installed; exit 0
            post-upgrade: echo upgraded
            pre-deinstall: echo leaving
        subpackages:
          - name: app-data
            dependencies: {runtime: [something-of-apk], debian: ["libc6 (>= 2.1) | musl", "base-files"]}

        """

    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try scratch.sh(
            """
            mkdir -p w/melange-out/App_Main/etc/app w/melange-out/App_Main/usr/bin w/melange-out/app-data/usr/share out root
            echo setting >w/melange-out/App_Main/etc/app/conf; printf '#!/bin/sh\\n' >w/melange-out/App_Main/usr/bin/app
            ln -s app w/melange-out/App_Main/usr/bin/link; echo data >w/melange-out/app-data/usr/share/data
            printf 'Permission is\\n\\n  granted\\n' >w/COPYING
            """)
    }

    private func pack(_ recipe: String = recipe, time: Int64 = 1_700_000_000) throws -> [PackedPackage] {
        let read = try RecipeReader(library: PipelineLibrary(), architecture: .amd64).read(
            Array(recipe.utf8), file: "app.yaml")
        let store = try ContentStore(at: HostPath("\(scratch.path)/store"), .disposable)
        let root = DebianBuildRoot(
            root: HostPath("\(scratch.path)/root"), files: [],
            lock: ArchitectureLock(architecture: .amd64, family: .debian, packages: [], dropped: []),
            store: store)
        return try DebianRecipePacker(root: root, scratch: HostPath(scratch.path)).pack(
            RecipeOutput(read.recipe, workspace: HostPath("\(scratch.path)/w"), time: time),
            into: HostPath("\(scratch.path)/out"))
    }

    private func sh(_ script: String) throws -> String {
        String(decoding: try scratch.sh(script), as: UTF8.self)
    }

    @Test("fields, conffiles, checksums, copyright: as Debian's policy has them")
    func fields() throws {
        #expect(
            try pack().map { String($0.path.name) } == [
                "app-main_1.2~rc1-r3_amd64.deb", "app-data_1.2~rc1-r3_amd64.deb",
            ])
        let said = try sh(
            "dpkg-deb -f out/app-main_*.deb; mkdir c; dpkg-deb -e out/app-main_*.deb c; cat c/conffiles; cut -c33- c/md5sums"
        )
        #expect(
            said == """
                Package: app-main
                Version: 1.2~rc1-r3
                Architecture: amd64
                Maintainer: Recipe of app-main <app-main@recipes.invalid>
                Installed-Size: 11
                Depends: app-data (= 1.2~rc1-r3), loose (<< 1.5~), loose (>= 1.4), other (>= 1.0), plain
                Conflicts: bad (<< 2)
                Replaces: old (<< 1)
                Provides: virtual (= 1.2)
                Section: misc
                Priority: optional
                Homepage: https://example.org/app
                Description: an application
                /etc/app/conf
                  usr/bin/app
                  usr/share/doc/app-main/copyright

                """, "\(said)")
        #expect(
            try sh("dpkg-deb -f out/app-data_*.deb Source Depends")
                == "Source: app-main\nDepends: base-files, libc6 (>= 2.1) | musl\n")
        let copyright = try sh(
            "dpkg-deb --fsys-tarfile out/app-data_*.deb | tar -xO ./usr/share/doc/app-data/copyright")
        #expect(
            copyright.hasSuffix(
                "Files: *\nCopyright: Somebody\nLicense: MIT\n Permission is\n .\n   granted\n"),
            "\(copyright)")
    }

    @Test("scripts run when dpkg runs what they are for, and one that ends itself ends nothing else")
    func scripts() throws {
        _ = try pack()
        let said = try sh(
            """
            mkdir c; dpkg-deb -e out/app-main_*.deb c; ls c | tr '\\n' ' '
            sh c/postinst configure ''; sh c/postinst configure 1.0; sh c/postinst abort-upgrade 1; sh c/prerm remove; sh c/prerm upgrade 2
            """)
        #expect(said == "conffiles control md5sums postinst prerm installed\nupgraded\nleaving\n", "\(said)")
    }

    @Test("a script goes on where one of its programs fails, and ends dpkg's with its own status")
    func failingScripts() throws {
        _ = try pack(
            Self.recipe.replacing(
                "#!/bin/sh\n      echo installed; exit 0", with: "false\n      echo on; exit 7"
            )
            .replacing("echo upgraded", with: "|\n      #! /bin/sh -e\n      false\n      echo never")
        )
        let said = try sh(
            """
            mkdir c; dpkg-deb -e out/app-main_*.deb c
            sh c/postinst configure '' || echo $?; sh c/postinst configure 1.0 || echo $?
            """)
        #expect(said == "on\n7\n1\n", "\(said)")
    }

    @Test("the same bytes from another folder and at another time, and others for another source date")
    func reproducible() throws {
        _ = try pack()
        let other = try DebianRecipePackerTests()
        try other.scratch.sh("find w -exec touch -h -d @1 {} +")
        _ = try other.pack()
        try scratch.sh("for f in out/*.deb; do cmp $f \(other.scratch.path)/$f; done")
        let later = try DebianRecipePackerTests()
        _ = try later.pack(time: 1_700_000_001)
        #expect(throws: Tool.Failure.self) {
            try scratch.sh("for f in out/*.deb; do cmp $f \(later.scratch.path)/$f; done")
        }
    }

    @Test(
        "what no .deb can be is refused with its reason",
        arguments: [
            ("name: app-data", "name: app_main", "two packages of the recipe are 'app-main'"),
            (
                "#!/bin/sh\n      echo installed", "#!/usr/bin/python3\n      print()",
                "is for '/usr/bin/python3'"
            ),
            ("base-files", "base files", "base files"), ("\"plain\"", "\"so:libnone.so.1\"", "libnone.so.1"),
            ("\"plain\"", "\"cmd:none\"", "asks for cmd:none"),
            ("\"plain\"", "\"pc:none\"", "asks for pc:none"),
        ])
    func refused(_ old: String, _ new: String, _ reason: String) throws {
        let changed = Self.recipe.replacing(old, with: new)
        #expect(changed != Self.recipe)
        let error = #expect(throws: BuildingError.self) { try pack(changed) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
}
