// SPDX-License-Identifier: Apache-2.0

import Glibc
import Storage
import TestHouse
import Testing
import Vocabulary

/// `-o rootfs:DIR`, `--offline`, and what `compare` says of age.
struct CommandOutputTests {
    @Test func oneArchitectureUnpackedWholeOrNotAtAll() throws {
        let scene = try CommandScene()
        let made = try scene.type("slipway build image.yaml -o rootfs:out/tree --arch arm64")
        #expect(made.exit == 0 && made.stdout.hasSuffix("\nout/tree\n"), "\(made)")
        let found = try scene.scratch.sh(
            "cat out/tree/usr/share/app/data; stat -c %u out/tree/home/nonroot; ls -A out")
        let owner = geteuid() == 0 ? 65532 : geteuid()
        #expect(String(decoding: found, as: UTF8.self) == "data\n\(owner)\ntree\n")
        #expect(made.stderr.contains("only root can give files away") == (geteuid() != 0))
        // A second time: nothing is touched, and nothing half-made stays.
        #expect(try scene.type("slipway build image.yaml -o rootfs:out/tree --arch arm64").exit == 1)
        #expect(try HostDirectory.names(in: HostPath(scene.path) / "out") == ["tree"])
        // What a killed process left is swept.
        try scene.scratch.sh("mkdir -p out/.new-tree-1-1/tree/usr")
        #expect(try scene.type("slipway build image.yaml -o rootfs:out/other").exit == 0)
        #expect(try HostDirectory.names(in: HostPath(scene.path) / "out") == ["other", "tree"])
    }

    /// With a lock and the packages at hand no mirror is asked; without, every missing package is named.
    @Test func offlineAsksNobody() throws {
        let scene = try CommandScene()
        let mirror = try BadMirror(serving: scene.repository.directory)
        try scene.define(url: mirror.url)
        #expect(try scene.type("slipway lock image.yaml").exit == 0)
        let missing = try scene.type("slipway build image.yaml -o out --offline")
        #expect(missing.exit == 1)
        #expect(
            missing.stderr.contains("--offline: 6 of 6 packages are not in the store: app 2.0-1 (amd64)"),
            "\(missing)")
        #expect(try scene.type("slipway build image.yaml -o out").exit == 0)
        try mirror.follow("")
        let built = try scene.type("slipway build image.yaml -o again --offline", before: "rm -rf home/data")
        #expect(built.exit == 0, "\(built)")
        #expect(try scene.type("slipway tree image.yaml --offline").exit == 0)
        #expect(try mirror.requests() == [])
        #expect(
            try scene.scratch.sh("cat out/index.json") == scene.scratch.sh("cat again/index.json"),
            "another image")
    }

    /// The end of the build by provenance where there is one, else the time that the configuration bears, and which.
    @Test func ageCountsFromTheBuildWhereProvenanceTellsIt() throws {
        let scene = try CommandScene()
        let build =
            "slipway build image.yaml -o signed --sign k.key --allow-untested amd64 --allow-untested arm64"
        let made = try scene.type(
            "slipway key generate --name k && \(build) && slipway build image.yaml -o plain --arch amd64"
                + " && slipway build image.yaml -o rootfs:tree --arch amd64")
        #expect(made.exit == 0, "\(made)")
        let compared = try scene.type("slipway compare signed plain --arch amd64")
        #expect(compared.exit == 0, "\(compared)")
        #expect(compared.stdout.contains("signed: built 20"), "\(compared)")
        #expect(compared.stdout.contains("by its provenance"), "\(compared)")
        #expect(
            compared.stdout.contains(
                "plain: no provenance says when it was built; its own date is 2025-06-15T"),
            "\(compared)")
        #expect(compared.stdout.contains("built less than a minute ago"), "\(compared)")
        let tree = try scene.type("slipway compare signed rootfs:tree --arch amd64 --json")
        #expect(tree.exit == 0 && tree.stdout.contains("\"createdSource\" : \"provenance\""), "\(tree)")
        #expect(
            try scene.type("slipway compare plain rootfs:tree").stdout.contains(
                "tree: no provenance says when"))
        // Asked for findings that the records do not cover: not everything could be checked.
        try scene.scratch.sh("cp -r '\(sourceRoot)/Examples/advisories' records")
        let scanned = try scene.type("slipway compare plain rootfs:tree --advisories records --arch amd64")
        #expect(scanned.exit == 3 && scanned.stdout.contains("unknown"), "\(scanned)")
    }
}
