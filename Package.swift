// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
// The table of contents: targets stand in pipeline order, each with one line that says what it is for.
import PackageDescription

/// What every target of Slipway's own is compiled with; warnings are errors.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
/// Targets whose inner loops carry the bytes: optimised in debug builds too, so that tests run at speed.
let hot: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

extension Target.Dependency {
    static let crypto: Self = .product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras: Self = .product(name: "CryptoExtras", package: "swift-crypto")
    static let system: Self = .product(name: "SystemPackage", package: "swift-system")
    static let subprocess: Self = .product(name: "Subprocess", package: "swift-subprocess")
    static let log: Self = .product(name: "Logging", package: "swift-log")
    static let asyncHTTPClient: Self = .product(name: "AsyncHTTPClient", package: "async-http-client")
    static let hummingbird: Self = .product(name: "Hummingbird", package: "hummingbird")
    static let unixSignals: Self = .product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let serviceLifecycle: Self = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let grdb: Self = .product(name: "GRDB", package: "GRDB.swift")
    static let yams: Self = .product(name: "Yams", package: "Yams")
    static let argumentParser: Self = .product(name: "ArgumentParser", package: "swift-argument-parser")
    static let httpTypes: Self = .product(name: "HTTPTypes", package: "swift-http-types")
    static let nioCore: Self = .product(name: "NIOCore", package: "swift-nio")
    static let nioPosix: Self = .product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL: Self = .product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioHTTP1: Self = .product(name: "NIOHTTP1", package: "swift-nio")
}

let package = Package(
    name: "slipway",
    products: [.executable(name: "slipway", targets: ["slipway"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        // ── C: system libraries (Debian -dev packages, linked statically), RE2's C++, what Glibc's module lacks ──
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLibdeflate", providers: [.apt(["libdeflate-dev"])]),
        .systemLibrary(name: "CLzma", providers: [.apt(["liblzma-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary(":libre2.a")]),
        .target(name: "CShim"),

        // ── Vocabulary: the field's values and formats; no I/O, clock, randomness, async ──
        .target(name: "Vocabulary", dependencies: ["CRE2", .crypto], swiftSettings: hot),

        // ── Archives: tar, ar, apk, zip, gzip, xz, zstd, bzip2; bytes in, bytes out ──
        .target(
            name: "Archives",
            dependencies: ["Vocabulary", "CZlib", "CLibdeflate", "CLzma", "CZstd", "CBzip2"],
            swiftSettings: hot,
            linkerSettings: [":libdeflate.a", ":liblzma.a", ":libzstd.a", ":libbz2.a", ":libz.a"].map {
                .linkedLibrary($0)
            }),

        // ── Effects: one door to each part of the outside world ──
        .target(
            name: "Storage", dependencies: ["Vocabulary", "CShim", .system], path: "Sources/Effects/Storage",
            swiftSettings: strict),
        .target(
            name: "Execution", dependencies: ["Vocabulary", .subprocess, .system],
            path: "Sources/Effects/Execution", swiftSettings: strict),
        .target(
            name: "Transport",
            dependencies: ["Vocabulary", .asyncHTTPClient, .nioCore, .nioPosix, .nioHTTP1, .nioSSL, .log],
            path: "Sources/Effects/Transport", swiftSettings: strict),
        .target(
            name: "Distribution", dependencies: ["Vocabulary", "Archives", "Transport", "Storage", .log],
            path: "Sources/Effects/Distribution", swiftSettings: strict),
        .target(
            name: "Records", dependencies: ["Vocabulary", .grdb], path: "Sources/Effects/Records",
            swiftSettings: strict),

        // ── Stages: they meet in Vocabulary/Handover and never import one another ──
        .target(
            name: "Defining", dependencies: ["Vocabulary", .yams], path: "Sources/Stages/Defining",
            swiftSettings: strict),
        .target(
            name: "Resolving", dependencies: ["Vocabulary"], path: "Sources/Stages/Resolving",
            swiftSettings: hot),
        .target(
            name: "Fetching",
            dependencies: [
                "Vocabulary", "Archives", "Storage", "Transport", "Execution", .cryptoExtras, .log,
            ],
            path: "Sources/Stages/Fetching", swiftSettings: strict),
        .target(
            name: "Composing", dependencies: ["Vocabulary", "Archives", "Storage"],
            path: "Sources/Stages/Composing", swiftSettings: hot),
        .target(
            name: "Building",
            dependencies: ["Vocabulary", "Archives", "Storage", "Execution", .cryptoExtras],
            path: "Sources/Stages/Building", swiftSettings: strict),
        .target(
            name: "Running", dependencies: ["Vocabulary", "Archives", "Storage", "Execution"],
            path: "Sources/Stages/Running", swiftSettings: strict),
        .target(
            name: "Describing", dependencies: ["Vocabulary"], path: "Sources/Stages/Describing",
            swiftSettings: strict),
        .target(
            name: "Attesting", dependencies: ["Vocabulary", .crypto], path: "Sources/Stages/Attesting",
            swiftSettings: strict),
        .target(
            name: "Inspecting", dependencies: ["Vocabulary", "Archives", "Storage", "Distribution"],
            path: "Sources/Stages/Inspecting", swiftSettings: strict),
        .target(
            name: "Scanning", dependencies: ["Vocabulary"], path: "Sources/Stages/Scanning",
            swiftSettings: strict),
        .target(
            name: "Verifying", dependencies: ["Vocabulary", "Distribution", .crypto],
            path: "Sources/Stages/Verifying", swiftSettings: strict),

        // ── Assembly: the machine, the loop, the server, the pages ──
        .target(
            name: "Pipeline",
            dependencies: [
                "Vocabulary", "Archives", "Storage", "Execution", "Transport", "Distribution", "Records",
                "Defining", "Resolving", "Fetching", "Composing", "Building", "Running", "Describing",
                "Attesting", "Inspecting", "Scanning", "Verifying", .log,
            ], path: "Sources/Assembly/Pipeline", swiftSettings: strict),
        .target(
            name: "Factory",
            dependencies: ["Vocabulary", "Pipeline", "Records", "Storage", .log, .serviceLifecycle],
            path: "Sources/Assembly/Factory", swiftSettings: strict),
        .target(
            name: "RegistryServer",
            dependencies: ["Vocabulary", "Storage", .hummingbird, .httpTypes, .nioCore, .log],
            path: "Sources/Assembly/RegistryServer", swiftSettings: strict),
        .target(
            name: "CatalogSite",
            dependencies: ["Vocabulary", "Records", .hummingbird, .httpTypes, .nioCore, .log],
            path: "Sources/Assembly/CatalogSite", swiftSettings: strict),

        // ── Commands: one file a subcommand; slipway is @main ──
        .target(
            name: "Commands",
            dependencies: [
                "Vocabulary", "Pipeline", "Factory", "RegistryServer", "CatalogSite", "Records",
                .argumentParser,
                .serviceLifecycle, .unixSignals, .log,
            ], swiftSettings: strict),
        .executableTarget(
            name: "slipway", dependencies: ["Commands", .argumentParser], swiftSettings: strict),

        // ── Tests: folders mirror Sources ──
        .target(
            name: "TestHouse", dependencies: ["Vocabulary", "Archives", "Storage", "Building", .system],
            path: "Tests/TestHouse", exclude: ["Shim"], swiftSettings: strict),
        .testTarget(
            name: "ValueTests", dependencies: ["Vocabulary", "Archives", "TestHouse"], swiftSettings: strict),
        .testTarget(
            name: "StageTests",
            dependencies: [
                "Vocabulary", "Archives", "Storage", "Execution", "Transport", "Distribution", "Defining",
                "Resolving",
                "Fetching", "Composing", "Building", "Running",
                "Describing", "Attesting", "Inspecting", "Scanning", "Verifying", "Factory", "CatalogSite",
                "TestHouse",
            ], exclude: ["Describing/app.spdx.json"], swiftSettings: strict),
        .testTarget(
            name: "EffectTests",
            dependencies: [
                "Vocabulary", "Storage", "Execution", "Transport", "Distribution", "Records",
                "RegistryServer",
                "TestHouse", .log,
            ], swiftSettings: strict),
        .testTarget(
            name: "SystemTests",
            dependencies: [
                "Vocabulary", "Storage", "Execution", "Transport", "Distribution", "Resolving", "Describing",
                "Attesting",
                "Verifying", "Pipeline", "Factory", "Records", "RegistryServer", "CatalogSite",
                "Commands",
                "TestHouse", .argumentParser, .log,
            ], exclude: ["Commands/errors.txt"],
            swiftSettings: strict),
    ],
    cxxLanguageStandard: .cxx17
)
