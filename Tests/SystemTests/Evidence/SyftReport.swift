// SPDX-License-Identifier: Apache-2.0

import Storage
import TestHouse
import Testing
import Vocabulary

/// What syft says is in an image.
struct SyftReport: Decodable {
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
