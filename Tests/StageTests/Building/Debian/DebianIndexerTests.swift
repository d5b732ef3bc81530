// SPDX-License-Identifier: Apache-2.0

import Building
import Storage
import TestHouse
import Testing
import Vocabulary

@Suite struct DebianIndexerTests {
    private static let day = Timestamp(seconds: 1_750_000_000)
    private let scratch: Scratch
    private var root: HostPath { HostPath("\(scratch.path)/repository") }
    private var suite: HostPath { root / "dists" / "stable" }

    init() throws {
        scratch = try Scratch()
        try scratch.sh("mkdir -p repository/pool/main repository/pool/extra")
        for name in ["app", "lib"] { try add(name, "1.0-1") }
        try add("data", "1.0-1", architecture: "all", component: "extra")
    }

    private func add(
        _ name: String, _ version: String, architecture: String = "amd64", component: String = "main"
    ) throws {
        try scratch.sh(
            """
            rm -rf tree; mkdir -p tree/DEBIAN tree/usr/share/\(name)
            echo \(name) \(version) >tree/usr/share/\(name)/text
            printf 'Package: \(name)\\nVersion: \(version)\\nArchitecture: \(architecture)\\nMaintainer: S <s@example.org>\\nDescription: \(name)\\n with more\\n .\\n lines\\n' >tree/DEBIAN/control
            dpkg-deb --root-owner-group -Zgzip -b tree repository/pool/\(component)/\(name)_\(version)_\(architecture).deb >/dev/null
            """)
    }

    private func index(_ memory: IndexMemory? = nil, date: Timestamp = day) throws -> PreparedRelease {
        let indexer = DebianIndexer(root, as: ReleaseIdentity(suite: "stable", origin: "Tests"))
        let prepared = try indexer.prepare(date: date, memory: memory)
        if prepared.changed { try indexer.write(prepared, signed: nil) }
        return prepared
    }

    @Test("what is listed is what dpkg and sha256sum say, in each form of the index")
    func listing() throws {
        _ = try index()
        let report = String(
            decoding: try scratch.sh(
                """
                cd repository/dists/stable
                gzip -dc main/binary-amd64/Packages.gz | cmp - main/binary-amd64/Packages
                xz -dc main/binary-amd64/Packages.xz | cmp - main/binary-amd64/Packages
                sed -n 's/^ \\([0-9a-f]*\\) [0-9]* \\(.*\\)/\\1  \\2/p' Release | sha256sum -c --quiet
                (cd main/binary-amd64/by-hash/SHA256 && for f in *; do echo "$f  $f"; done | sha256sum -c --quiet)
                grep -v '^ ' Release
                grep -E '^(Package|Filename)' main/binary-amd64/Packages extra/binary-amd64/Packages
                awk '/^Filename:/ {f = $2} /^SHA256:/ {print $2 "  ../../" f}' main/binary-amd64/Packages | sha256sum -c --quiet
                """), as: UTF8.self)
        #expect(
            report == """
                Origin: Tests
                Label: Tests
                Suite: stable
                Codename: stable
                Date: Sun, 15 Jun 2025 15:06:40 UTC
                Acquire-By-Hash: yes
                Architectures: amd64
                Components: extra main
                SHA256:
                main/binary-amd64/Packages:Package: app
                main/binary-amd64/Packages:Filename: pool/main/app_1.0-1_amd64.deb
                main/binary-amd64/Packages:Package: lib
                main/binary-amd64/Packages:Filename: pool/main/lib_1.0-1_amd64.deb
                extra/binary-amd64/Packages:Package: data
                extra/binary-amd64/Packages:Filename: pool/extra/data_1.0-1_all.deb

                """, "\(report)")
    }

    @Test("of one more package only that package is read, and the indexes are those of a fresh run")
    func addOne() throws {
        let first = try index()
        #expect(first.read.count == 3 && first.changed)
        let again = try index(first.memory, date: Timestamp(seconds: Self.day.seconds + 86_400))
        #expect(again.read == [] && !again.changed && again.release == first.release)
        try add("lib", "1.1-1")
        let second = try index(again.memory)
        #expect(second.read == ["pool/main/lib_1.1-1_amd64.deb"] && second.packages == 4)
        let bytes = try HostDirectory.read(suite / "main/binary-amd64/Packages")
        try HostDirectory.remove(root / "dists")
        #expect(try index().read.count == 4)
        #expect(try HostDirectory.read(suite / "main/binary-amd64/Packages") == bytes)
    }

    @Test("an index that somebody changed is not continued")
    func forged() throws {
        let memory = try index().memory
        let honest = try HostDirectory.read(suite / "main/binary-amd64/Packages")
        try scratch.sh(
            "sed -i 's/^Package: lib/Package: evil/' repository/dists/stable/main/binary-amd64/Packages")
        // The release still names the honest one, so that nothing is missing but that file's records.
        let run = try index(memory)
        #expect(run.read.contains("pool/main/lib_1.0-1_amd64.deb"))
        try scratch.sh("echo 'Origin: Evil' >>repository/dists/stable/Release")
        #expect(try index(memory).read.count == 3)
        #expect(try HostDirectory.read(suite / "main/binary-amd64/Packages") == honest)
    }

    @Test("the last release's indexes stay for those who are reading it, older ones go")
    func byHash() throws {
        func count() throws -> Int {
            try HostDirectory.names(in: suite / "main/binary-amd64/by-hash/SHA256").count
        }
        _ = try index()
        #expect(try count() == 3)
        for (version, expected) in [("1.1-1", 6), ("1.2-1", 6)] {
            try add("lib", version)
            _ = try index()
            #expect(try count() == expected)
        }
    }

    @Test("what is no package stops it, and nothing is written")
    func refused() throws {
        try scratch.sh("echo text >repository/pool/main/broken_1_amd64.deb")
        let error = #expect(throws: BuildingError.self) { try index() }
        #expect(error?.description.contains("broken_1_amd64.deb' is no package") == true)
        #expect(try !HostDirectory.exists(root / "dists"))
    }
}
