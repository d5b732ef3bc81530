// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

extension BuildRoot.Roots {
    /// Those of both; the build root's version counts where they differ.
    var staticInputs: [String: String] {
        all.reduce(into: [:]) { $0.merge($1.staticInputs) { first, _ in first } }
    }
}

extension BuildRoot.Kept {
    /// Compilers whose programs hold their runtime.
    private static let compilers: Set<Substring> = ["go", "rustc", "ghc", "ocamlopt", "crystal", "swiftc"]

    /// The packages of it whose files go into a program that is linked statically: static libraries and objects, and
    /// compilers that come with a runtime. Each with its version.
    var staticInputs: [String: String] {
        var owners: Set<PackageName> = []
        for file in image.files {
            guard case .package(let owner) = file.owner, Self.isStatic(file.path) else { continue }
            owners.insert(owner)
        }
        return resolved.versions.filter { PackageName($0.key).map(owners.contains) ?? false }
    }

    private static func isStatic(_ path: ImagePath) -> Bool {
        let name = path.name
        if [".a", ".o", ".rlib"].contains(where: name.hasSuffix) { return true }
        return compilers.contains(name) && path.parent?.name == "bin"
    }
}

extension Lock {
    /// Of every package, whatever its architecture.
    var versions: [String: String] {
        content.architectures.flatMap(\.packages).reduce(into: [:]) { $0[$1.name.text] = $1.version }
    }
}

extension RecipeBuildRun {
    /// The versions that packages of build root and sysroot would have if the recipe were built now.
    /// - Throws: as refreshing and resolving do.
    package func versions(of file: RecipeFile, _ order: Order) async throws -> [String: String] {
        let order = try await buildingOnItself(order, file.recipe)
        let pipeline = ImagePipeline(workshop)
        var versions: [String: String] = [:]
        for definition in try BuildRoot(workshop).definitions(of: file, order.options) {
            let snapshots = try await pipeline.snapshots(of: definition, order.options)
            let fresh = try await pipeline.resolution(of: definition, order.options, from: snapshots)
            versions.merge(fresh.lock.versions) { first, _ in first }
        }
        return versions
    }
}
