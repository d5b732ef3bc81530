// SPDX-License-Identifier: Apache-2.0

import Glibc
import Pipeline
import Storage
import TestHouse
import Testing
import Vocabulary

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
