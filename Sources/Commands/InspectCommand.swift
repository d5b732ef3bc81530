// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// `slipway inspect IMAGE`
struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what is in an image, anybody's: packages, files, configuration.",
        discussion: """
            EXAMPLES
              slipway inspect out/redis
              slipway inspect 127.0.0.1:5000/redis:8 --files --arch arm64
              slipway inspect rootfs:out/tree --json
            """)

    @OptionGroup var image: ImageArgument
    @OptionGroup var only: PlatformOption

    @Flag(help: "List every file.")
    var files = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common)
        let platform = try only.platform()
        try await session.run { workshop in
            let views = try await InspectionRun(workshop).inventories(of: image.image, platform: platform)
                .map { InventoryView($0, withFiles: files) }
            try session.show(views) { views.flatMap(\.lines) }
            return .success
        }
    }
}
