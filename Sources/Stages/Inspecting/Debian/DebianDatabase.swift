// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Vocabulary

/// dpkg's database, and the directory of single stanzas that images without dpkg have.
struct DebianDatabase: PackageDatabase {
    private static let status = "var/lib/dpkg/status"
    private static let directory = "var/lib/dpkg/status.d"
    /// How many files the directory may hold.
    private static let fileLimit = 100_000

    func limit(for path: ImagePath) -> Int? {
        if path.text == Self.status { return 64 << 20 }
        if path.parent?.text == Self.directory, !path.text.hasSuffix(".md5sums") { return 1 << 20 }
        return nil
    }

    func read(
        _ image: InventoryBuilder
    ) throws(InspectingError) -> (packages: [ImageInventory.Package], diagnostics: [Diagnostic]) {
        var reader = DebianPackageReader()
        if let path = ImagePath(Self.status), let bytes = try image.bytes(at: path) {
            try reader.read(bytes, from: path, needsStatus: true)
        }
        if let directory = ImagePath(Self.directory) {
            let names = image.tree.names(in: directory).filter { !$0.hasSuffix(".md5sums") }
            guard names.count <= Self.fileLimit else {
                throw .database(directory, reason: "it holds more than \(Self.fileLimit) files")
            }
            for name in names {
                guard let path = directory.appending(name), let bytes = try image.bytes(at: path) else {
                    continue
                }
                try reader.read(bytes, from: path, needsStatus: false)
            }
        }
        return (reader.packages, reader.diagnostics)
    }
}
