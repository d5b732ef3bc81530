// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway inspect REF-or-LAYOUT`
struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what is in an image, anybody's: packages, files, configuration.",
        discussion: """
            EXAMPLES
              slipway inspect out/redis
              slipway inspect 127.0.0.1:5000/redis:8 --files --arch arm64
            """)

    @Argument(help: "A reference, an OCI layout, or rootfs:DIR.")
    var image: String

    @Option(name: .customLong("arch"), help: "Only this architecture.")
    var architecture: String?

    @Flag(help: "List every file.")
    var files = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let (image, files) = (image, files)
        let platform = try architecture.map(platform)
        try await session.run { workshop in
            let inventories = try await InspectionRun(workshop).inventories(of: image, platform: platform)
            try session.show(inventories.map { InventoryView($0, withFiles: files) }) {
                inventories.flatMap { InventoryView($0, withFiles: files).lines }
            }
            return .success
        }
    }
}

/// `slipway scan REF-or-LAYOUT`
struct ScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Hold an image's packages against advisories.",
        discussion: """
            Reads OSV records from a directory whose coverage.json says what they cover. What they do not cover is
            counted and named; it never reads as clean (exit code 3).

            EXAMPLES
              slipway scan out/redis --advisories Examples/advisories
            """)

    @Argument(help: "A reference, an OCI layout, or rootfs:DIR.")
    var image: String

    @Option(help: "Directory of OSV records.")
    var advisories: String

    @Option(name: .customLong("arch"), help: "Only this architecture.")
    var architecture: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let (image, advisories) = (image, HostPath(advisories))
        let platform = try architecture.map(platform)
        try await session.run { workshop in
            let scans = try await InspectionRun(workshop).scan(
                image, platform: platform, advisories: advisories)
            try session.show(scans) { scans.flatMap(FindingsView.lines) }
            if scans.contains(where: { !$0.findings.findings.isEmpty }) { return .refused }
            return scans.allSatisfy(\.findings.isComplete) && !scans.isEmpty ? .success : .unchecked
        }
    }
}

/// `slipway compare A B`
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Hold two images side by side: size, packages, files, shells, findings.",
        discussion: """
            Each is a reference, an OCI layout, an archive or rootfs:DIR.

            EXAMPLES
              slipway compare out/redis rootfs:out/conventional --arch amd64
            """)

    @Argument(help: "The one.")
    var first: String

    @Argument(help: "The other.")
    var second: String

    @Option(name: .customLong("arch"), help: "Which platform; this machine's where not given.")
    var architecture: String?

    @Option(help: "Directory of OSV records; without it findings are unknown.")
    var advisories: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let (first, second, advisories) = (first, second, advisories.map { HostPath($0) })
        let platform = try architecture.map(platform) ?? .ofThisMachine
        try await session.run { workshop in
            let comparison = try await InspectionRun(workshop).compare(
                first, second, platform: platform, advisories: advisories)
            try session.show(comparison) { ComparisonView.lines(comparison) }
            return .success
        }
    }
}

/// The platform of an architecture's name.
func platform(_ name: String) throws -> Platform {
    guard let architecture = Architecture(name) else {
        throw ValidationError(
            "'\(name)' is no architecture; one of \(Architecture.names.joined(separator: ", "))")
    }
    return architecture.platform
}
