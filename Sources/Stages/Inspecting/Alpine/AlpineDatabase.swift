// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Vocabulary

/// apk's database: one file, below /lib in Alpine and below /usr/lib in Wolfi, where the other place leads to it.
struct AlpineDatabase: PackageDatabase {
    static let places = ["usr/lib/apk/db/installed", "lib/apk/db/installed"]

    func limit(for path: ImagePath) -> Int? { Self.places.contains(path.text) ? 64 << 20 : nil }

    func read(
        _ image: InventoryBuilder
    ) throws(InspectingError) -> (packages: [ImageInventory.Package], diagnostics: [Diagnostic]) {
        var reader = AlpinePackageReader()
        for path in Self.places.compactMap({ ImagePath($0) }) {
            if let bytes = try image.bytes(at: path) { try reader.read(bytes, from: path) }
        }
        return (reader.packages, reader.diagnostics)
    }
}
