// SPDX-License-Identifier: Apache-2.0
import Composing
import TestHouse
import Testing
import Vocabulary

/// What every image of the family has beside its packages' files.
enum AlpineImages {
    private static let frame: Set<String> = [
        "dev", "etc", "etc/apk", "etc/apk/arch", "etc/apk/keys", "etc/apk/repositories", "etc/apk/world",
        "lib", "lib/apk", "opt", "proc", "tmp", "usr", "usr/lib", "usr/lib/apk", "usr/lib/apk/db",
        "usr/lib/apk/db/installed", "usr/lib/apk/db/lock", "usr/lib/apk/db/scripts.tar",
        "usr/lib/apk/db/triggers", "usr/lib/apk/exec", "var", "var/cache", "var/cache/apk", "var/cache/misc",
    ]

    /// The image without that; `/etc/passwd` only where packages or accounts fill it.
    static func listing(_ image: ComposedImage) -> [String] {
        let files = image.platforms.first?.files ?? []
        return zip(files, ComposingHouse.listing(image, all: true)).filter { file, _ in
            !frame.contains(file.path.text) && !(file.path.text == "etc/passwd" && file.size == 0)
        }.map(\.1)
    }

    static func compose(
        _ packages: [PackageFiles.Made], in house: ComposingHouse? = nil,
        _ change: (inout ImageDefinition) throws -> Void = { _ in }
    ) async throws -> ComposedImage {
        try await (house ?? ComposingHouse()).compose(packages, family: .alpine, change)
    }
}
