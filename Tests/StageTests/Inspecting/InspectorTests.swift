// SPDX-License-Identifier: Apache-2.0
import Archives
import Distribution
import Inspecting
import Storage
import TestHouse
import Testing
import Vocabulary

@Suite struct InspectorTests {
    let scratch: Scratch
    let workers = WorkerThreads(count: 2)

    init() throws { scratch = try Scratch() }

    static let status = """
        Package: alpha
        Status: install ok installed
        Architecture: amd64
        Source: alpha-source (1:2.0-1)
        Version: 1:2.0-1+b1
        Maintainer: Someone
         <someone@example.org>
        Description: folded
         text

        Package: gone
        Status: deinstall ok config-files
        Version: 1

        Package: beta
        Status: hold ok installed
        Version: 3
        """

    /// A tree with everything that an inventory knows, made by the shell.
    func makeTree() throws {
        try scratch.sh(
            """
            mkdir -p t/usr/bin t/usr/lib t/etc t/var/lib/dpkg/status.d t/tmp; ln -s usr/bin t/bin
            printf 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\\nID=debian\\nVERSION_ID="13"\\nVERSION_CODENAME=trixie\\n' \
              > t/usr/lib/os-release
            ln -s ../usr/lib/os-release t/etc/os-release
            cat > t/var/lib/dpkg/status <<'END'
            \(Self.status)
            END
            printf 'Package: gamma\\nVersion: 4-1\\nArchitecture: all\\n' > t/var/lib/dpkg/status.d/gamma
            echo 'x  usr/bin/x' > t/var/lib/dpkg/status.d/gamma.md5sums
            echo program > t/usr/bin/su; chmod 4755 t/usr/bin/su; ln t/usr/bin/su t/usr/bin/sudo
            echo shell > t/usr/bin/dash; chmod 755 t/usr/bin/dash; ln -s dash t/usr/bin/sh
            echo text > t/usr/bin/apt; chmod 644 t/usr/bin/apt
            touch t/tmp/x; chmod 1777 t/tmp; chown -R 7:8 t/tmp
            """)
    }

    /// The tree as a layout with one layer, by the given command from tar.
    func layout(_ compress: String) async throws -> LayoutImage {
        try scratch.sh("tar --sort=name -C t -cf - . | \(compress) > layer; tar --sort=name -C t -cf plain .")
        let layer = try HostDirectory.read(HostPath(scratch.path) / "layer")
        let plain = try HostDirectory.read(HostPath(scratch.path) / "plain")
        return try await layout(layers: [layer], diffIDs: [ContentHasher.digest(of: plain)])
    }

    func layout(layers: [[UInt8]], diffIDs: [Digest]) async throws -> LayoutImage {
        let layout = try ImageLayout.create(at: HostPath(scratch.path) / "layout")
        var manifests: [Descriptor] = []
        for architecture in [Architecture.amd64, .arm64] {
            var process = ImageConfiguration.Process()
            process.user = "65532"
            let configuration = ImageConfiguration(
                platform: architecture.platform, created: Timestamp(seconds: 1_700_000_000), config: process,
                diffIDs: diffIDs)
            let bytes = try CanonicalJSON.encode(configuration)
            try layout.blobs.write(bytes)
            for layer in layers { try layout.blobs.write(layer) }
            let manifest = ImageManifest(
                config: Descriptor(bytes, mediaType: .imageConfig),
                layers: layers.map { Descriptor($0, mediaType: .layerGzip) })
            let manifestBytes = try CanonicalJSON.encode(manifest)
            try layout.blobs.write(manifestBytes)
            manifests.append(
                Descriptor(manifestBytes, mediaType: .imageManifest, platform: architecture.platform))
        }
        let index = try CanonicalJSON.encode(ImageIndex(manifests: manifests))
        try layout.blobs.write(index)
        try layout.add(Descriptor(index, mediaType: .imageIndex), tag: "1")
        return try await LayoutImage(layout, workers: workers)
    }

    static func listing(_ inventory: ImageInventory) -> [String] {
        inventory.files.map { file in
            let suffix = file.target.map { " \(file.kind == .symlink ? "->" : "=") \($0)" } ?? ""
            return "\(String(file.mode, radix: 8)) \(file.uid):\(file.gid) \(file.path)\(suffix)"
        }
    }

    static let expected = [
        "777 0:0 /bin -> usr/bin", "755 0:0 /etc", "777 0:0 /etc/os-release -> ../usr/lib/os-release",
        "1777 7:8 /tmp", "644 7:8 /tmp/x", "755 0:0 /usr", "755 0:0 /usr/bin", "644 0:0 /usr/bin/apt",
        "755 0:0 /usr/bin/dash", "777 0:0 /usr/bin/sh -> dash", "4755 0:0 /usr/bin/su",
        "4755 0:0 /usr/bin/sudo = usr/bin/su", "755 0:0 /usr/lib", "644 0:0 /usr/lib/os-release",
        "755 0:0 /var",
        "755 0:0 /var/lib", "755 0:0 /var/lib/dpkg", "644 0:0 /var/lib/dpkg/status",
        "755 0:0 /var/lib/dpkg/status.d",
        "644 0:0 /var/lib/dpkg/status.d/gamma", "644 0:0 /var/lib/dpkg/status.d/gamma.md5sums",
    ]

    func check(_ inventory: ImageInventory) throws {
        #expect(Self.listing(inventory) == Self.expected)
        #expect(
            inventory.packages.map {
                "\($0.name) \($0.version) \($0.sourceName) \($0.sourceVersion) \($0.evidence)"
            } == [
                "alpha 1:2.0-1+b1 alpha-source 1:2.0-1 /var/lib/dpkg/status",
                "beta 3 beta 3 /var/lib/dpkg/status",
                "gamma 4-1 gamma 4-1 /var/lib/dpkg/status.d/gamma",
            ])
        #expect(inventory.packages.first?.maintainer == "Someone <someone@example.org>")
        #expect(inventory.operatingSystem?.id == "debian" && inventory.operatingSystem?.versionID == "13")
        let file = try #require(inventory.files.first { $0.path.text == "usr/bin/su" })
        #expect(file.digest == ContentHasher.digest(of: "program\n") && file.size == 8)
        let statistics = ImageStatistics(name: "x", inventory)
        #expect(statistics.shells == ["/usr/bin/dash", "/usr/bin/sh"])
        #expect(statistics.packageManagers.isEmpty)
        #expect(statistics.privileged == ["/usr/bin/su", "/usr/bin/sudo"])
        #expect(statistics.files == 12 && statistics.packages == 3)
    }

    @Test(arguments: ["gzip -n", "zstd -q", "cat", "sh -c '(head -c 5000 | gzip -n; gzip -n)'"])
    func readsLayers(compress: String) async throws {
        try makeTree()
        let image = try await layout(compress)
        let inspector = Inspector(workers: workers)
        let inventories = try await inspector.inventory(of: image, store: image.layout.blobs)
        #expect(inventories.map(\.platform.description) == ["linux/amd64", "linux/arm64"])
        let amd64 = try await inspector.inventory(
            of: image, platform: Platform(os: "linux", architecture: "amd64"), store: image.layout.blobs)
        #expect(amd64.count == 1)
        try check(try #require(amd64.first))
        #expect(
            amd64.first?.compressedSize
                == (try HostDirectory.read(HostPath(scratch.path) / "layer").count).asInt64)
        await #expect(throws: InspectingError.self) {
            try await inspector.inventory(
                of: image, platform: Platform(os: "linux", architecture: "s390x"), store: image.layout.blobs)
        }
    }

    @Test func readsADirectory() async throws {
        try makeTree()
        let inspector = Inspector(workers: workers)
        let path = HostPath(scratch.path) / "t"
        let inventory = try await inspector.inventory(
            ofDirectory: path, platform: Architecture.amd64.platform)
        try check(inventory)
        #expect(inventory.compressedSize == nil)
        let measured = try await inspector.inventory(
            ofDirectory: path, platform: Architecture.amd64.platform, compressing: true)
        #expect(measured.files == inventory.files && measured.manifest == inventory.manifest)
        #expect(try #require(measured.compressedSize) > 500)
        #expect(try #require(measured.compressedSize) < 5000)
    }

    @Test func withoutHashingItReadsTheSamePackages() async throws {
        try makeTree()
        let image = try await layout("gzip -n")
        let inventories = try await Inspector(workers: workers, hashesFiles: false)
            .inventory(of: image, store: image.layout.blobs)
        #expect(inventories.first?.packages.count == 3)
        #expect(inventories.first?.files.allSatisfy { $0.digest == nil } == true)
    }

    @Test func refusesOtherBytesThanTheConfigurationNames() async throws {
        try makeTree()
        try scratch.sh("tar -C t -cf layer .")
        let layer = try HostDirectory.read(HostPath(scratch.path) / "layer")
        let other = ContentHasher.digest(of: "other")
        let image = try await layout(layers: [layer], diffIDs: [other])
        await #expect(
            throws: InspectingError.wrongDiffID(
                layer: ContentHasher.digest(of: layer), expected: other,
                found: ContentHasher.digest(of: layer))
        ) { try await Inspector(workers: workers).inventory(of: image, store: image.layout.blobs) }
    }

    @Test func fetchesIntoAnotherStore() async throws {
        try makeTree()
        let image = try await layout("gzip -n")
        let store = try ContentStore(at: HostPath(scratch.path) / "store", .disposable)
        let inventories = try await Inspector(workers: workers).inventory(of: image, store: store)
        try check(try #require(inventories.first))
        #expect(try store.digests().count == 1)
    }

    @Test func namesDatabasesThatItDoesNotRead() async throws {
        try scratch.sh("mkdir -p t/usr/lib/opkg; echo x > t/usr/lib/opkg/status; mknod t/null c 1 3")
        let inventory = try await Inspector(workers: workers)
            .inventory(ofDirectory: HostPath(scratch.path) / "t", platform: Architecture.amd64.platform)
        #expect(inventory.packages.isEmpty && inventory.operatingSystem == nil)
        #expect(inventory.diagnostics.map(\.code.rawValue) == ["package-database", "special-file"])
    }

    @Test func anOsReleaseThatPointsOutsideIsNotThere() async throws {
        try scratch.sh("mkdir -p t/etc; ln -s ../../../../../etc/os-release t/etc/os-release")
        let inventory = try await Inspector(workers: workers)
            .inventory(ofDirectory: HostPath(scratch.path) / "t", platform: Architecture.amd64.platform)
        #expect(inventory.operatingSystem == nil)
    }
}

extension Int {
    fileprivate var asInt64: Int64 { Int64(self) }
}
