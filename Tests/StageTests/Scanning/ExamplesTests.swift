// SPDX-License-Identifier: Apache-2.0
import Defining
import Storage
import TestHouse
import Testing
import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

/// The definitions that the README and the demo use mean what they say.
@Suite struct ExamplesTests {
    /// Three folders up from this file stands the project.
    static let folder = #filePath.split(separator: "/").dropLast(4).map { "/\($0)" }.joined() + "/Examples"

    static func read(_ name: String) throws -> [UInt8] {
        let file = try #require(fopen("\(folder)/\(name)", "r"), "\(name) is missing")
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }

    @Test(arguments: ["static", "redis", "python3", "nginx"]) func definitionsAreStrict(name: String) throws {
        let text = try DefinitionReader().read(
            try Self.read("\(name)/image.yaml"), file: "\(name)/image.yaml")
        let definition = text.definition
        #expect(text.diagnostics.isEmpty, "\(text.diagnostics)")
        #expect(definition.name == name)
        #expect(definition.architectures == [.amd64, .arm64])
        #expect(definition.accounts.runAs != nil && definition.accounts.runAs?.value != "root")
        #expect(!definition.tests.isEmpty)
    }

    @Test func theFactoryBuildsThemAll() throws {
        let (factory, diagnostics) = try FactoryConfigurationReader().read(
            try Self.read("factory.yaml"), file: "factory.yaml")
        #expect(diagnostics.isEmpty && factory.images.count == 4)
    }

    @Test func theFactoryOfTheSmallDistributionBuildsItsPackagesAndImages() throws {
        let (factory, diagnostics) = try FactoryConfigurationReader().read(
            try Self.read("musl/factory.yaml"), file: "factory.yaml")
        #expect(diagnostics.isEmpty && factory.packages?.recipes.map(\.value) == ["../recipes"])
        let images = try HostDirectory.names(in: HostPath("\(sourceRoot)/Examples/musl"))
            .filter { $0.hasSuffix(".yaml") && $0 != "factory.yaml" }
        #expect(Set(factory.images.map(\.value.definition)) == Set(images))
    }

    @Test func theAdvisoriesCanBeRead() throws {
        let names = ["coverage", "redis", "zlib", "xz-utils", "systemd", "libcap2"]
        let set = try AdvisorySet.read(
            try names.map { .init(name: "\($0).json", bytes: try Self.read("advisories/\($0).json")) })
        #expect(set.recordCount == 20)
        let release = AdvisoryEcosystem("Debian:13")
        #expect(set.coverage(of: release).count == 1)
        #expect(set.matches(try #require(PackageName("redis")), in: release).count == 11)
    }
}
