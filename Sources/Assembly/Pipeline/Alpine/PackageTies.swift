// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Storage
package import Vocabulary

/// How packages that a recipe made hang together with others, as their files say.
package struct PackageTies: Sendable {
    /// Shared libraries: `so:libz.so.1`, without their versions; sorted.
    package private(set) var offeredLibraries: [String] = []
    /// Those of others.
    package private(set) var neededLibraries: [String] = []
    /// What stands in the files, by name, with versions: of a package that has programs and asks for no library, whatever it
    /// may have been linked with.
    package private(set) var staticInputs: [String: String] = [:]
    package private(set) var packages: [PublishedPackage] = []

    /// Reads the packages.
    /// - Throws: `BuildingError`, `StorageError`.
    package init(_ built: RecipeBuildRun.Outcome, _ workshop: Workshop) async throws {
        let packed = built.packages.filter { $0.path.hasSuffix(".apk") }
        let files = packed.map { HostPath($0.path) }
        let facts = try await workshop.workers.map(files, atMost: workshop.workers.count) {
            try AlpinePackageFile($0).facts()
        }
        var (offered, needed): (Set<String>, Set<String>) = ([], [])
        for (package, made) in zip(facts, packed) {
            let provides = Self.names("provides", package)
            let depends = Self.names("depend", package).filter { $0.hasPrefix("so:") }
            offered.formUnion(provides.filter { $0.hasPrefix("so:") })
            needed.formUnion(depends)
            if depends.isEmpty, provides.contains(where: { $0.hasPrefix("cmd:") }) {
                staticInputs = built.staticInputs
            }
            guard let name = PackageName(package.name) else { continue }
            packages.append(
                PublishedPackage(
                    name: name, version: package.version, architecture: package.architecture,
                    digest: package.digest, size: package.size, installedSize: made.installedSize))
        }
        offeredLibraries = offered.sorted()
        neededLibraries = needed.subtracting(offered).sorted()
    }

    private static func names(_ field: String, _ facts: PackageFacts) -> [String] {
        facts.fields.filter { $0.name == field }.map { String($0.value.prefix { !"<>=~".contains($0) }) }
    }
}
