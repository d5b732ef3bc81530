// SPDX-License-Identifier: Apache-2.0

import Fetching
import Storage
import TestHouse
import Testing
import Vocabulary

@Suite struct AlpineFileCheckTests {
    private let repository: AlpineRepository

    init() throws { repository = try AlpineRepository("app 1.0-r0; depends: lib\nlib 1.0-r0") }

    private func check(_ key: String? = nil, as name: String = "packages.rsa.pub") throws -> AlpineFileCheck {
        try AlpineFileCheck(keys: [(name, try HostDirectory.read(HostPath(key ?? repository.publicKey)))])
    }

    private func path(_ name: String) -> HostPath { HostPath("\(repository.directory)/x86_64/\(name)") }

    private func outcomes(_ verdict: Verdict) -> [String] {
        verdict.checks.map { "\($0.name) \($0.outcome.rawValue)" }
    }

    @Test("an index and its packages hold")
    func good() throws {
        let index = try check().index(path("APKINDEX.tar.gz"))
        #expect(outcomes(index) == ["signature passed", "package passed", "package passed"], "\(index)")
        let package = try check().package(path("app-1.0-r0.apk"))
        #expect(outcomes(package) == ["signature passed", "package passed", "data passed"], "\(package)")
    }

    @Test("another key of the same name, and a key that signed nothing, say no")
    func otherKey() throws {
        let other = try AlpineRepository(otherKey: true)
        let impostor = try check(other.publicKey)
        #expect(outcomes(try impostor.index(path("APKINDEX.tar.gz"))).first == "signature failed")
        let stranger = try check(other.publicKey, as: "other.rsa.pub")
        #expect(outcomes(try stranger.package(path("app-1.0-r0.apk"))).first == "signature failed")
    }

    @Test(
        "what was changed, taken away or put in is found",
        arguments: [
            (Tool.flip("lib-1.0-r0.apk", at: -40), "package failed"),
            ("rm lib-1.0-r0.apk", "package unchecked"),
            ("mv app-1.0-r0.apk lib-1.0-r0.apk", "package failed"),
            ("printf x >>lib-1.0-r0.apk", "package failed"),
        ])
    func changed(change: String, outcome: String) throws {
        try repository.sh("cd public/x86_64; \(change)")
        let verdict = try check().index(path("APKINDEX.tar.gz"))
        #expect(outcomes(verdict).contains(outcome), "\(verdict)")
    }

    @Test("a package without a signature is not called verified")
    func unsigned() throws {
        try repository.add("plain", "1.0-r0", signed: false, files: ["a": "b"])
        #expect(try check().package(path("plain-1.0-r0.apk")).outcome == .unchecked)
    }

    @Test("an index without one is refused, and so is what is none")
    func unsignedIndex() throws {
        try repository.publish(signed: false)
        #expect(try check().index(path("APKINDEX.tar.gz")).outcome == .failed)
        #expect(try check().index(path("lib-1.0-r0.apk")).outcome == .failed)
        #expect(try check().package(path("APKINDEX.tar.gz")).outcome == .failed)
    }
}
