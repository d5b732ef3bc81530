// SPDX-License-Identifier: Apache-2.0

internal import Pipeline
internal import Vocabulary

/// What was built, as a table with the image's name last.
enum BuildView {
    static func lines(_ outcome: BuildOrder.Outcome) -> [String] {
        var table = TextTable(
            ["PLATFORM", "PACKAGES", "FILES", "COMPRESSED", "UNPACKED", "MANIFEST"], numeric: [1, 2, 3, 4])
        for platform in outcome.platforms {
            table.add([
                platform.platform, "\(platform.packages)", "\(platform.files)",
                Figures.megabytes(platform.compressedSize), Figures.megabytes(platform.uncompressedSize),
                platform.manifest.description,
            ])
        }
        return table.lines + [outcome.layout.map { "\($0)@\(outcome.index)" } ?? outcome.rootFileSystem ?? ""]
    }
}
