// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import Pipeline
import RegistryServer
import Storage
import TestHouse
import Testing
import Vocabulary

/// What `slipway build --push --sign` of a real definition leaves: a layout, an image with its evidence in a registry
/// that still serves, and the keys. Made once for a suite, by `.signedBuild`.
struct SignedBuild: Sendable {
    @TaskLocal static var current: SignedBuild?

    let scratch: Scratch
    let registry: String
    let outcome: BuildOrder.Outcome

    /// `HOST:PORT/REPOSITORY:TAG`
    var reference: String { "\(registry)/static:13" }
    var name: String { "\(registry)/static" }
    var layout: HostPath { HostPath("\(scratch.path)/layout") }
    var key: HostPath { HostPath("\(scratch.path)/slipway.key") }
    var publicKey: HostPath { HostPath("\(scratch.path)/slipway.pub") }
    var otherKey: HostPath { HostPath("\(scratch.path)/other.pub") }
    var platforms: [Digest] { outcome.platforms.map(\.manifest) }

    /// The index and each platform's manifest: what is signed.
    var subjects: [Digest] { [outcome.index] + platforms }

    /// The one of the suite that runs.
    static func required() throws -> SignedBuild { try #require(current) }

    /// Runs `body` in a workshop of the caller's own: an empty home, empty stores.
    static func inWorkshop<Value: Sendable>(
        at home: String, report: Reporter = .silent, _ body: @Sendable (Workshop) async throws -> Value
    ) async throws -> Value {
        let environment = ["HOME": home, "XDG_CACHE_HOME": "\(home)/cache", "XDG_DATA_HOME": "\(home)/data"]
        return try await Workshop.with(
            environment: environment, threads: 2, report: report,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            now: { Timestamp(seconds: Int64(time(nil))) }, body)
    }

    /// A copy of the layout for a test to damage.
    func copy(to directory: Scratch) throws -> HostPath {
        try directory.sh("cp -a '\(layout)' layout")
        return HostPath("\(directory.path)/layout")
    }
}

/// Builds `Examples/static`, for both architectures and with its tests in a real runtime, and publishes it.
struct SignedBuildTrait: SuiteTrait, TestScoping {
    @concurrent func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let scratch = try Scratch()
        for name in ["slipway", "other"] {
            _ = try KeyPair.generate().write(to: HostPath(scratch.path), name: name)
        }
        let server = try RegistryServer(
            root: HostPath("\(scratch.path)/registry"),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await server.whileServing { port in
            let outcome = try await SignedBuild.inWorkshop(at: "\(scratch.path)/home") { workshop in
                var options = BuildOptions()
                options.ignoreLock = true
                return try await BuildOrder(
                    definition: HostPath("\(sourceRoot)/Examples/static/image.yaml"),
                    output: .layout(HostPath("\(scratch.path)/layout")),
                    references: [ImageReference("127.0.0.1:\(port)/static:13")], options: options,
                    runsTests: true, key: HostPath("\(scratch.path)/slipway.key")
                ).run(in: workshop)
            }
            let build = SignedBuild(scratch: scratch, registry: "127.0.0.1:\(port)", outcome: outcome)
            try await SignedBuild.$current.withValue(build) { try await function() }
        }
    }
}

extension Trait where Self == SignedBuildTrait {
    /// One signed, published build for all tests of the suite.
    static var signedBuild: Self { SignedBuildTrait() }
}

/// Evidence that the whole machine published, before those who use it. The suites are in the files beside this one.
@Suite("Evidence of a published build", .signedBuild) enum EvidenceOfABuild {}
