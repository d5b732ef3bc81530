// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// A two-platform image with everything that its evidence is made from, in memory: small, whole, and the same for the
/// same `seed`. Its layers are bytes and no archives, which nothing about evidence looks into.
package struct SampleImage: Sendable {
    package var blobs: [Digest: [UInt8]] = [:]
    package var image: ComposedImage
    package var lock: Lock
    package var inputs: InputsArtifact
    package var facts: BuildFacts
    package var tests: [TestReport]

    package init(seed: String = "sample") throws {
        var blobs: [Digest: [UInt8]] = [:]
        func put(_ bytes: [UInt8], _ type: MediaType) -> Descriptor {
            let descriptor = Descriptor(bytes, mediaType: type)
            blobs[descriptor.digest] = bytes
            return descriptor
        }
        let definition = put(Array("contents: # \(seed)\n".utf8), .slipwayDefinition)
        let release = put(Array("Origin: Debian\n# \(seed)\n".utf8), .slipwayRelease)
        let local = put(Array("maxmemory 1mb # \(seed)\n".utf8), .slipwayLocalFile)
        lock = Self.lock(definition: definition.digest, release: release.digest)
        let lockBytes = put(try CanonicalJSON.encode(lock), .slipwayLock)
        _ = put(Array("{}".utf8), .empty)

        var platforms: [PlatformImage] = []
        for architecture in [Architecture.amd64, .arm64] {
            let layer = put(Array("layer \(architecture) \(seed)".utf8), .layerGzip)
            let created = Timestamp(seconds: 1_750_000_000)
            let config = put(
                try CanonicalJSON.encode(
                    ImageConfiguration(
                        platform: architecture.platform, created: created, config: .init(),
                        diffIDs: [layer.digest])),
                .imageConfig)
            var manifest = put(
                try CanonicalJSON.encode(ImageManifest(config: config, layers: [layer])), .imageManifest)
            manifest.platform = architecture.platform
            let file = ComposedFile(
                path: ImagePath("etc/app.conf") ?? .root, kind: .file, mode: 0o644, uid: 0, gid: 0,
                size: local.size,
                digest: local.digest, target: nil, owner: .definition)
            platforms.append(
                PlatformImage(
                    architecture: architecture, manifest: manifest, config: config,
                    layers: [.init(descriptor: layer, diffID: layer.digest, uncompressedSize: layer.size)],
                    created: created, files: [file]))
        }
        let index = put(
            try CanonicalJSON.encode(ImageIndex(manifests: platforms.map(\.manifest))), .imageIndex)
        image = ComposedImage(index: index, platforms: platforms, diagnostics: [])
        inputs = InputsArtifact(
            subject: index, definitionName: "image.yaml", definition: definition, lock: lockBytes,
            localFiles: [.init(source: "app.conf", content: local)],
            releases: [.init(url: "https://deb.example.org/debian/dists/trixie/InRelease", content: release)])
        let inputsManifest = put(try inputs.encode(), .imageManifest)
        facts = Self.facts(definition: definition, inputs: inputsManifest, lock: lock)
        tests = platforms.map { platform in
            TestReport(
                platform: platform.architecture.platform, manifest: platform.manifest.digest,
                runtime: "runc 1.1.5",
                emulator: nil, results: [.init(name: "answers", outcome: .passed, detail: "PONG")])
        }
        self.blobs = blobs
    }

    /// What the platform's own files would say is installed.
    package func inventory(of platform: PlatformImage) -> ImageInventory {
        let packages =
            lock.content.architectures.first { $0.architecture == platform.architecture }?.packages ?? []
        return ImageInventory(
            platform: platform.architecture.platform, manifest: platform.manifest,
            configuration: ImageConfiguration(
                platform: platform.architecture.platform, created: nil, config: .init(), diffIDs: []),
            compressedSize: 0, uncompressedSize: 0, operatingSystem: nil,
            packages: packages.filter { $0.role == .installed }.map { package in
                ImageInventory.Package(
                    family: .debian, name: package.name, version: package.version,
                    architecture: package.architecture,
                    sourceName: package.sourceName, sourceVersion: package.sourceVersion, maintainer: nil,
                    evidence: .root)
            }, files: [], diagnostics: [])
    }

    private static func lock(definition: Digest, release: Digest) -> Lock {
        let architectures = [Architecture.amd64, .arm64]
        var places: [String: [String]] = [:]
        let locks = architectures.map { architecture in
            let packages = Self.packages(architecture)
            for package in packages {
                places[package.digest.description] = [
                    "https://deb.example.org/debian/pool/\(package.name)_\(package.version)_\(package.architecture).deb"
                ]
            }
            let dropped = name("dpkg").map {
                [
                    DroppedPackage(
                        name: $0, reason: "only installs packages", wantedBy: ["app: Depends dpkg (>= 1.19)"])
                ]
            }
            return ArchitectureLock(
                architecture: architecture, family: .debian, packages: packages, dropped: dropped ?? [])
        }
        let witness = RepositoryWitness(
            line: "deb https://deb.example.org/debian trixie main", url: "https://deb.example.org/debian",
            suite: "trixie", codename: "trixie",
            signedFiles: [
                .init(
                    url: "https://deb.example.org/debian/dists/trixie/InRelease", digest: release,
                    date: Timestamp(seconds: 1_749_900_000), validUntil: nil, signers: ["ABCD"])
            ],
            indexes: architectures.map { architecture in
                .init(
                    path: "main/binary-\(architecture)/Packages.xz",
                    url:
                        "https://deb.example.org/debian/dists/trixie/main/binary-\(architecture)/Packages.xz",
                    digest: ContentHasher.digest(of: "index \(architecture)"), size: 9)
            }, relaxations: [])
        return Lock(
            content: .init(definition: definition, architectures: locks),
            witness: Witness(repositories: [witness], places: places))
    }

    private static func packages(_ architecture: Architecture) -> [LockedPackage] {
        let table: [(String, String, String, String, LockedPackage.Role, [String])] = [
            ("app", "5:8.0.2-3+deb13u1", "app", "5:8.0.2-3+deb13u1", .installed, ["libc6", "libstdc++6"]),
            ("libc-bin", "2.41-12", "glibc", "2.41-12", .dataOnly, []),
            ("libc6", "2.41-12", "glibc", "2.41-12", .installed, []),
            ("libstdc++6", "14.2.0-19", "gcc-14", "14.2.0-19", .installed, ["libc6"]),
        ]
        return table.compactMap { text, version, source, sourceVersion, role, edges in
            guard let name = name(text), let sourceName = Self.name(source) else { return nil }
            return LockedPackage(
                name: name, version: version, architecture: architecture.debianName, role: role,
                sourceName: sourceName, sourceVersion: sourceVersion,
                maintainer: "Example Team <team@example.org>", homepage: "https://example.org/\(text)",
                digest: ContentHasher.digest(of: "\(text) \(architecture)"), size: 10, installedSize: 20,
                requestedBy: text == "app" ? ["app"] : [],
                edges: edges.compactMap { edge in Self.name(edge).map { .init(.depends, edge, to: $0) } })
        }
    }

    private static func facts(definition: Descriptor, inputs: Descriptor, lock: Lock) -> BuildFacts {
        BuildFacts(
            definition: definition, definitionName: "image.yaml", inputs: inputs, lock: lock,
            buildKey: ContentHasher.digest(of: "build key"), toolVersion: "0.1.0",
            compressor: "libdeflate-1.14-6",
            sourceDateEpoch: nil, started: Timestamp(seconds: 1_750_000_100),
            finished: Timestamp(seconds: 1_750_000_103),
            diagnostics: [Diagnostic(.note, .init(rawValue: "package-dropped"), "dpkg is left out")])
    }

    private static func name(_ text: String) -> PackageName? { PackageName(text) }
}
