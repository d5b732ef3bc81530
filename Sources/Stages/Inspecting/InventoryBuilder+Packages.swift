// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Vocabulary

extension InventoryBuilder {
    /// What the image says it is.
    func operatingSystem() throws(InspectingError) -> ImageInventory.OperatingSystem? {
        for text in Evidence.operatingSystem {
            guard let path = ImagePath(text), let bytes = try bytes(at: path) else { continue }
            return OperatingSystemReader.read(bytes)
        }
        return nil
    }

    /// What is installed, by every database that is read, and a diagnostic for each that is not.
    func packages() throws(InspectingError) -> (packages: [ImageInventory.Package], diagnostics: [Diagnostic])
    {
        var (packages, diagnostics): ([ImageInventory.Package], [Diagnostic]) = ([], [])
        for database in PackageFamily.databases {
            let found = try database.read(self)
            packages += found.packages
            diagnostics += found.diagnostics
        }
        for (text, family) in Evidence.others {
            guard let path = ImagePath(text), tree.content(at: path) != nil else { continue }
            diagnostics.append(
                Diagnostic(
                    .warning, .packageDatabase,
                    "the packages in \(path) are not listed: this Slipway does not read \(family) databases"))
        }
        return (Self.sorted(packages), diagnostics)
    }

    /// Sorted by name, each package once: some images have several databases, or one at two places.
    private static func sorted(_ packages: [ImageInventory.Package]) -> [ImageInventory.Package] {
        struct Key: Hashable {
            let family: PackageFamily
            let name: PackageName
            let version: String
            let architecture: String
        }
        var seen: Set<Key> = []
        return packages.filter { package in
            seen.insert(
                Key(
                    family: package.family, name: package.name, version: package.version,
                    architecture: package.architecture)
            ).inserted
        }.sorted {
            ($0.name, $0.architecture, $0.version, $0.family.rawValue)
                < ($1.name, $1.architecture, $1.version, $1.family.rawValue)
        }
    }
}
