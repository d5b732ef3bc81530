// SPDX-License-Identifier: Apache-2.0

import Attesting
import Describing
import TestHouse
import Testing
import Vocabulary

@Suite("Provenance and bills of packages")
struct PackageAttesterTests {
    private let digest = ContentHasher.digest(of: "package")

    private func facts() throws -> PackageBuildFacts {
        let lock = try SampleImage().lock
        return PackageBuildFacts(
            recipe: "app.yaml",
            inputs: Descriptor(
                mediaType: .slipwayPackageInputs, digest: ContentHasher.digest(of: "inputs"), size: 6),
            inputsName: "inputs.tar.gz", architecture: lock.content.architectures[0].architecture,
            sources: [
                BuildSource(
                    uri: "https://example.org/app-1.tar.gz", digest: ContentHasher.digest(of: "source")),
                BuildSource(
                    uri: "https://example.org/app.git", digest: ContentHasher.digest(of: "tree"),
                    commit: String(repeating: "a", count: 40), isRepository: true),
            ], roots: ["root", "sysroot"].map { .init(image: ContentHasher.digest(of: $0), lock: lock) },
            buildKey: ContentHasher.digest(of: "key"),
            toolVersion: "1", compressor: "apk", started: Timestamp(seconds: 1),
            finished: Timestamp(seconds: 2))
    }

    @Test(
        "the statement is about the file, and names sources, build root, sysroot, their packages and the inputs by digest"
    )
    func statement() throws {
        let facts = try facts()
        let bytes = try PackageAttester(key: .generate()).provenance(of: ("app-1-r0.apk", digest), facts)
        let statement: Statement<Provenance> = try CanonicalJSON.decode(
            from: try SigstoreBundle(bytes).envelope.payload, what: "the statement", limit: 1 << 20)
        #expect(statement.subject.map(\.sha256) == [digest] && statement.predicateType == .provenance)
        let build = statement.predicate.buildDefinition
        #expect(build.buildType == SlipwayURI.packageBuildType)
        #expect(build.externalParameters.inputs.sha256 == facts.inputs.digest)
        let dependencies = build.resolvedDependencies
        #expect(dependencies[0].uri == "https://example.org/app-1.tar.gz")
        #expect(dependencies[1].digest?["gitCommit"] == String(repeating: "a", count: 40))
        #expect(dependencies[1].uri == "git+https://example.org/app.git@\(String(repeating: "a", count: 40))")
        #expect(dependencies.filter { $0.name == "build root" }.map(\.sha256) == [facts.roots[0].image])
        #expect(dependencies.filter { $0.name == "sysroot" }.map(\.sha256) == [facts.roots[1].image])
        for package in facts.roots[0].lock.content.architectures[0].packages {
            #expect(dependencies.count { $0.sha256 == package.digest } == 2, "\(package.name)")
        }
    }

    @Test("what says the same by the same key is kept; another file, key or build is signed anew")
    func existing() throws {
        let key = SigningKey.generate()
        let attester = PackageAttester(key: key)
        var facts = try facts()
        let first = try attester.provenance(of: ("a.apk", digest), facts)
        facts.started = Timestamp(seconds: 100)
        #expect(try attester.provenance(of: ("a.apk", digest), facts, existing: first) == first)
        let other = ContentHasher.digest(of: "other")
        #expect(try attester.provenance(of: ("a.apk", other), facts, existing: first) != first)
        #expect(
            try PackageAttester(key: .generate()).provenance(of: ("a.apk", digest), facts, existing: first)
                != first)
        facts.buildKey = other
        #expect(try attester.provenance(of: ("a.apk", digest), facts, existing: first) != first)
    }

    struct Source: Sendable, CustomTestStringConvertible {
        let uri: String
        var commit: String?
        var isRepository = false
        let location: String?
        let purl: String
        var testDescription: String { uri }
    }

    @Test(
        "a source by its address and its package URL",
        arguments: [
            Source(
                uri: "https://example.org/a-1.tgz", location: "https://example.org/a-1.tgz",
                purl:
                    "pkg:generic/app@1?checksum=sha256:DIGEST&download_url=https:%2F%2Fexample.org%2Fa-1.tgz"),
            Source(uri: "file:a.tgz", location: nil, purl: "pkg:generic/app@1?checksum=sha256:DIGEST"),
            Source(uri: "debian:app@trixie", location: nil, purl: "pkg:generic/app@1?checksum=sha256:DIGEST"),
            Source(uri: "pypi:My_App", location: nil, purl: "pkg:pypi/my-app@1?checksum=sha256:DIGEST"),
            Source(
                uri: "https://example.org/a.git", commit: "0f", isRepository: true,
                location: "git+https://example.org/a.git@0f",
                purl: "pkg:generic/app@1?vcs_url=git%2Bhttps:%2F%2Fexample.org%2Fa.git%400f"),
        ])
    func sources(_ example: Source) throws {
        let source = BuildSource(
            uri: example.uri, digest: digest, commit: example.commit, isRepository: example.isRepository)
        #expect(source.downloadLocation == example.location)
        let purl = source.packageURL("app", "1").description.replacing("%2F", with: "/")
        #expect(
            purl == example.purl.replacing("DIGEST", with: digest.hex).replacing("%2F", with: "/"), "\(purl)")
    }

    @Test("a bill says the same wherever and whenever it is written, and of another source another thing")
    func bill() throws {
        let name = try #require(PackageName("app-libs"))
        func document(_ sources: [BuildSource]) throws -> [UInt8] {
            var bill = PackageBillOfMaterials(
                name: name, version: "1-r0", purl: "pkg:apk/unknown/app-libs@1-r0?arch=x86_64",
                origin: ("app", "1"),
                created: Timestamp(seconds: 1_700_000_000))
            bill.license = "MIT AND BSD-2-Clause"
            bill.sources = sources
            return try SPDXDocument.encode(bill)
        }
        let source = BuildSource(uri: "https://example.org/a-1.tgz", digest: digest)
        let bytes = try document([source])
        let (again, other) = (try document([source]), try document([]))
        #expect(bytes == again && bytes != other)
        let read: SPDXDocument = try CanonicalJSON.decode(from: bytes, what: "the bill", limit: 1 << 20)
        #expect(read.described?.purl == "pkg:apk/unknown/app-libs@1-r0?arch=x86_64")
        #expect(read.described?.licenseDeclared == "MIT AND BSD-2-Clause")
        #expect(read.packages.last?.checksums == [.init(digest)])
        #expect(read.relationships.contains(.init("SPDXRef-Package", "GENERATED_FROM", "SPDXRef-Source-1")))
    }
}
