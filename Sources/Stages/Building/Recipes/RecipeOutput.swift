// SPDX-License-Identifier: Apache-2.0

internal import Storage
package import Vocabulary

/// What a recipe's steps left behind, ready to be packed in whatever form.
package struct RecipeOutput: Sendable {
    package let recipe: Recipe
    /// Where it was built: sources, and below `melange-out` a folder for each package.
    package let workspace: HostPath
    /// Of every entry; seconds since 1970.
    package let time: Int64
    /// Files that a package gets beside what the steps made.
    package var additions: [PackageName: [AddedFile]] = [:]

    package init(_ recipe: Recipe, workspace: HostPath, time: Int64) {
        self.recipe = recipe
        self.workspace = workspace
        self.time = time
    }

    func folder(of package: Recipe.Package) -> HostPath {
        workspace / Recipe.output / package.metadata.name.text
    }

    func additions(to package: Recipe.Package) -> [AddedFile] { additions[package.metadata.name] ?? [] }

    // MARK: - Licences

    /// An SPDX expression: the recipe's, for packages that have none of their own. Empty where it says nothing.
    var licence: String { recipe.copyrights.map(\.license).joined(separator: " AND ") }

    /// A licence's own words.
    struct LicenceText: Equatable {
        /// As the recipe writes it.
        let path: String
        /// A file's name.
        let name: String
        let bytes: [UInt8]
    }

    private static let licenceLimit: Int64 = 1 << 20

    /// The texts that `copyright[].license-path` names, in the recipe's order; of two files with one name the second's gets a
    /// number.
    func licences() throws(BuildingError) -> [LicenceText] {
        try BuildingError.wrapping {
            let root = try RootDirectory(workspace)
            var texts: [LicenceText] = []
            var seen: [ImagePath: [UInt8]] = [:]
            for copyright in recipe.copyrights {
                guard let written = copyright.licensePath, !written.isEmpty else { continue }
                guard let path = ImagePath(written), !written.hasPrefix("/"),
                    let status = try root.status(of: path), status.kind == .file,
                    status.size <= Self.licenceLimit
                else {
                    throw BuildingError.badMetadata(
                        reason:
                            "license-path '\(written)' is no file of the sources in the workspace, of at most "
                            + "\(Self.licenceLimit) bytes")
                }
                guard seen[path] == nil else { continue }
                let bytes = try root.reader(of: path).readAll(limit: Int(Self.licenceLimit))
                seen[path] = bytes
                let count = texts.count { $0.name == path.name || $0.name.hasPrefix("\(path.name).") }
                texts.append(
                    LicenceText(
                        path: written, name: count == 0 ? String(path.name) : "\(path.name).\(count)",
                        bytes: bytes))
            }
            return texts
        }
    }
}
