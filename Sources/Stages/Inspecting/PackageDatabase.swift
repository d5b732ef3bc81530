// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// What one family's package manager says is installed in an image.
protocol PackageDatabase: Sendable {
    /// The most bytes that are kept of a file that may belong to the database; nil for any other.
    func limit(for path: ImagePath) -> Int?

    /// The packages of an image that was read, in the database's order, and a diagnostic for each entry that is not
    /// understood; nothing where the image has no such database.
    func read(
        _ image: InventoryBuilder
    ) throws(InspectingError) -> (packages: [ImageInventory.Package], diagnostics: [Diagnostic])
}

extension PackageFamily {
    /// The one place where inspecting lists the families: an image may have databases of several.
    static let databases: [any PackageDatabase] = [DebianDatabase(), AlpineDatabase()]
}

extension Diagnostic.Code {
    static let packageDatabase = Self(rawValue: "package-database")
}
