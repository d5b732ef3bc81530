// SPDX-License-Identifier: Apache-2.0

import Glibc
import Pipeline
import Storage
import TestHouse
import Testing
import Vocabulary

/// What syft says is in an image.
private struct SyftReport: Decodable {
    struct Artifact: Decodable {
        struct Metadata: Decodable { var architecture: String? }
        var name: String
        var version: String
        var type: String
        var metadata: Metadata?
    }
    struct Distribution: Decodable {
        var id: String?
        var versionID: String?
    }
    var artifacts: [Artifact]
    var distro: Distribution

    /// - Parameter place: as syft names it, `registry:REF` or `oci-dir:DIR`.
    init(of place: String, _ architecture: Architecture) async throws {
        let program = try #require(PythonTool.syft)
        let output = try await WorkerThreads(count: 1).run {
            try Scratch().sh(
                """
                HOME="$PWD" SYFT_CHECK_FOR_APP_UPDATE=false SYFT_REGISTRY_INSECURE_USE_HTTP=true \
                    '\(program)' scan -q '\(place)' --platform linux/\(architecture) -o json
                """)
        }
        self = try CanonicalJSON.decode(from: output, what: "syft's report", limit: 64 << 20)
    }

    /// Exactly what the lock says is installed: names, versions, architectures, and nothing beside packages.
    func expect(_ lock: Lock, _ architecture: Architecture) throws {
        let packages = try #require(
            lock.content.architectures.first { $0.architecture == architecture }?.packages)
        let installed = packages.filter { $0.role == .installed }
        let found = artifacts.map { "\($0.type) \($0.name) \($0.version) \($0.metadata?.architecture ?? "")" }
        #expect(
            found.sorted() == installed.map { "deb \($0.name) \($0.version) \($0.architecture)" }.sorted())
        #expect(installed.count < packages.count, "the image has packages of which only data are used")
        #expect(distro.id == "debian" && distro.versionID == "13")
    }
}

extension EvidenceOfABuild {
    /// What scanners of other people find in the published image.
    @Suite(.enabled(if: PythonTool.syft != nil, "syft could not be had"))
    struct Scanners {
        @Test(
            "syft finds exactly the installed packages of the lock", arguments: [Architecture.amd64, .arm64])
        func syft(architecture: Architecture) async throws {
            let build = try SignedBuild.required()
            let layout = try ImageLayout.open(at: build.layout)
            let inputs = try #require(LayoutParts(layout, root: build.outcome.index).inputs)
            try await SyftReport(of: "registry:\(build.reference)", architecture).expect(
                try CanonicalJSON.decode(
                    from: try layout.blobs.read(inputs.artifact.lock.digest), what: "the lock"), architecture)
        }
    }
}

/// The same of a larger image; in `make deep`.
@Suite(.enabled(if: getenv("SLIPWAY_DEEP") != nil && PythonTool.syft != nil, "for make deep, with syft"))
struct LargerScannerTests {
    @Test(arguments: [Architecture.amd64, .arm64]) func redis(architecture: Architecture) async throws {
        let scratch = try Scratch()
        let lock = try await SignedBuild.inWorkshop(at: "\(scratch.path)/home") { workshop in
            let layout = try ImageLayout.create(at: HostPath("\(scratch.path)/layout"))
            var options = BuildOptions()
            options.architectures = [architecture]
            options.ignoreLock = true
            let built = try await ImagePipeline(workshop).build(
                DefinitionFile(
                    HostPath("\(sourceRoot)/Examples/redis/image.yaml"), store: workshop.packages),
                options, into: layout.blobs)
            // syft reads layouts of one manifest.
            try layout.add(try #require(built.image.platforms.first).manifest)
            return built.lock
        }
        try await SyftReport(of: "oci-dir:\(scratch.path)/layout", architecture).expect(lock, architecture)
    }
}
