// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway cache …`
struct CacheCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache", abstract: "Show and bound what is kept to save work.",
        discussion: """
            EXAMPLES
              slipway cache usage
              slipway cache prune --to 1GB
            """,
        subcommands: [Usage.self, Prune.self])

    struct Usage: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how much is kept, by kind.",
            discussion: """
                EXAMPLES
                  slipway cache usage --json
                """)

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            try await session.run { workshop in
                let usage = try CacheKeeper(workshop).usage()
                try session.show(usage) {
                    var table = TextTable(["KIND", "ENTRIES", "SIZE"], numeric: [1, 2])
                    for kind in usage {
                        table.add([kind.kind, "\(kind.entries)", Figures.megabytes(kind.bytes)])
                    }
                    return table.lines
                }
                return .success
            }
        }
    }

    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove what can be made again, until the caches fit.",
            discussion: """
                Everything here can be made again; images and evidence are not touched. Build roots in which nobody builds go
                first, then what was used longest ago.

                EXAMPLES
                  slipway cache prune --to 500MB
                  slipway cache prune --to 0
                """)

        @Option(help: "How much may stay: bytes, or with kB, MB, GB.")
        var to = "1GB"

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            guard let limit = Self.bytes(to) else {
                throw ValidationError("'\(to)' is no size; write bytes, or a number with kB, MB or GB")
            }
            try await session.run { workshop in
                let freed = try CacheKeeper(workshop).prune(to: limit)
                try session.show(["freed": freed]) { ["freed \(Figures.megabytes(freed))"] }
                return .success
            }
        }

        static func bytes(_ text: String) -> Int64? {
            let units: [(String, Int64)] = [("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("", 1)]
            guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }),
                let number = Int64(text.dropLast(unit.count)), number >= 0
            else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product
        }
    }
}
