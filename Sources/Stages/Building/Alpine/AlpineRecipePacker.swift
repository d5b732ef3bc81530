// SPDX-License-Identifier: Apache-2.0

internal import Storage
package import Vocabulary

/// Makes Alpine packages of what a recipe's steps left behind.
package struct AlpineRecipePacker: Sendable {
    private let packer: AlpinePacker

    package init(key: PackageSigningKey?, scratch: HostPath) {
        packer = AlpinePacker(key: key, scratch: scratch)
    }

    /// Packs every package of the recipe into `directory`, which must be there.
    /// - Parameters:
    ///   - workspace: where the recipe was built.
    ///   - time: of every entry; seconds since 1970.
    package func pack(
        _ recipe: Recipe, from workspace: HostPath, time: Int64, into directory: HostPath
    ) throws(BuildingError) -> [PackedPackage] {
        var packed: [PackedPackage] = []
        for package in recipe.packages {
            let folder = workspace / Recipe.output / package.metadata.name.text
            let metadata = try BuildingError.wrapping {
                let (provides, depends) = try AlpineDependencyFinder.find(
                    in: try RootDirectory(folder), fullVersion: recipe.fullVersion, options: package.options)
                var metadata = package.metadata
                let dependencies = metadata.dependencies
                metadata.dependencies.provides = Self.joined(dependencies.provides, provides)
                metadata.dependencies.runtime = Self.joined(dependencies.runtime, depends)
                return metadata
            }
            packed.append(try packer.pack(folder, metadata, time: time, into: directory))
        }
        return packed
    }

    /// What the recipe says first, then what was found, each once.
    private static func joined(_ said: [String], _ found: [String]) -> [String] {
        said + found.filter { !said.contains($0) }
    }
}
