// SPDX-License-Identifier: Apache-2.0

import Pipeline
import Storage
import TestHouse
import Testing
import Vocabulary

/// The scanner, unpacked once into the build directory by Scripts/syft.sh; nil where it cannot be had.
private enum Syft {
    static let path: String? = {
        let directory = "\(sourceRoot)/.build/syft"
        guard (try? Tool.sh("'\(sourceRoot)/Scripts/syft.sh' '\(directory)'", in: "/")) != nil else {
            return nil
        }
        return "\(directory)/syft"
    }()
}

extension EvidenceOfABuild {
    /// What scanners of other people find in the published image.
    @Suite(.enabled(if: Syft.path != nil, "syft could not be had"))
    struct Scanners {
        private struct Report: Decodable {
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
        }

        @Test(
            "syft finds exactly the installed packages of the lock", arguments: [Architecture.amd64, .arm64])
        func syft(architecture: Architecture) async throws {
            let build = try SignedBuild.required()
            let program = try #require(Syft.path)
            let layout = try ImageLayout.open(at: build.layout)
            let inputs = try #require(LayoutParts(layout, root: build.outcome.index).inputs)
            let lock: Lock = try CanonicalJSON.decode(
                from: try layout.blobs.read(inputs.artifact.lock.digest), what: "the lock")
            let packages = try #require(
                lock.content.architectures.first { $0.architecture == architecture }?.packages)
            let output = try await WorkerThreads(count: 1).run {
                let scratch = try Scratch()
                return try scratch.sh(
                    """
                    HOME="$PWD" SYFT_CHECK_FOR_APP_UPDATE=false SYFT_REGISTRY_INSECURE_USE_HTTP=true \
                        '\(program)' scan -q registry:\(build.reference) --platform linux/\(architecture) -o json
                    """)
            }
            let report: Report = try CanonicalJSON.decode(
                from: output, what: "syft's report", limit: 64 << 20)
            let found = report.artifacts.map {
                "\($0.type) \($0.name) \($0.version) \($0.metadata?.architecture ?? "")"
            }
            let installed = packages.filter { $0.role == .installed }
            #expect(
                found.sorted()
                    == installed.map { "deb \($0.name) \($0.version) \($0.architecture)" }.sorted())
            #expect(installed.count < packages.count, "the image has packages of which only data are used")
            #expect(report.distro.id == "debian" && report.distro.versionID == "13")
        }
    }
}
