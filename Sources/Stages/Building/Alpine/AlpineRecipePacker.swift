// SPDX-License-Identifier: Apache-2.0

internal import Storage
package import Vocabulary

/// Makes Alpine packages of what a recipe's steps left behind.
package struct AlpineRecipePacker: Sendable {
    private let packer: AlpinePacker

    package init(
        key: PackageSigningKey?, scheme: PackageSigningKey.Scheme = .rsa256, scratch: HostPath
    ) {
        packer = AlpinePacker(key: key, scheme: scheme, scratch: scratch)
    }

    /// Packs every package of the recipe into `directory`, which must be there.
    /// - Throws: `BuildingError`, with the file that cannot be packed.
    package func pack(
        _ output: RecipeOutput, into directory: HostPath
    ) throws(BuildingError) -> [PackedPackage] {
        let licences = try output.licences()
        var packed: [PackedPackage] = []
        for package in output.recipe.packages {
            let folder = output.folder(of: package)
            let metadata = try BuildingError.wrapping {
                let root = try RootDirectory(folder)
                let (provides, depends) = try AlpineDependencyFinder.find(
                    in: root, fullVersion: output.recipe.fullVersion, options: package.options)
                let modules = try ModuleFacts(of: root)
                var metadata = package.metadata
                let dependencies = metadata.dependencies
                if metadata.license.isEmpty { metadata.license = output.licence }
                metadata.dependencies.provides = Self.joined(
                    dependencies.provides,
                    provides + (package.options.withoutProvides ? [] : modules.alpineProvides))
                metadata.dependencies.runtime = Self.joined(
                    dependencies.runtime,
                    depends
                        + (package.options.withoutDepends ? [] : modules.alpineDepends(of: metadata.name)))
                return metadata
            }
            let name = package.metadata.name.text
            let texts = licences.compactMap { licence in
                ImagePath("usr/share/licenses/\(name)/\(licence.name)").map { AddedFile($0, licence.bytes) }
            }
            packed.append(
                try packer.pack(
                    folder, metadata, time: output.time, adding: texts + output.additions(to: package),
                    into: directory))
        }
        return packed
    }

    /// What the recipe says first, then what was found, each once.
    private static func joined(_ said: [String], _ found: [String]) -> [String] {
        said + found.filter { !said.contains($0) }
    }
}
