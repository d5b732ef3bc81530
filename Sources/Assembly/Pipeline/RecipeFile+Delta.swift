// SPDX-License-Identifier: Apache-2.0

internal import Storage
package import Vocabulary

extension RecipeFile {
    private static let patchLimit = 16 << 20

    /// The patches and picked commits of the recipe, with what they say of themselves. Patches are looked for in the folder
    /// beside it; one that is not there (a source's own) is in it with that.
    /// - Throws: `StorageError`.
    package func delta() throws -> RecipeDelta {
        let folder = try localFolder()
        var patches: [RecipeDelta.Patch] = []
        for use in recipe.patches {
            var names = use.files
            if let series = use.series, let text = try Self.text(series, in: folder) {
                names += String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
                    line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).first.map(String.init)
                }
            }
            for name in names { patches.append(try patch(name, at: use.location, in: folder)) }
        }
        for step in recipe.steps {
            guard case .checkout(let checkout) = step.action else { continue }
            for pick in checkout.cherryPicks {
                var patch = RecipeDelta.Patch(.commit, name: pick.commit, location: step.location)
                patch.subject = pick.reason
                patch.upstream =
                    "it is upstream's: commit \(pick.commit)"
                    + (pick.branch.map { " of \($0)" } ?? "")
                patches.append(patch)
            }
        }
        return RecipeDelta(recipe: recipe.name, version: recipe.version, patches: patches)
    }

    private func patch(
        _ name: String, at location: SourceLocation, in folder: HostPath?
    ) throws -> RecipeDelta.Patch {
        var patch = RecipeDelta.Patch(.patch, name: name, location: location)
        guard let bytes = try Self.text(name, in: folder) else {
            patch.problem = "it is not in the folder '\(recipe.name)' beside the recipe"
            return patch
        }
        let header = PatchHeader(bytes)
        (patch.subject, patch.date, patch.upstream) = (header.subject, header.date, header.upstream)
        return patch
    }

    /// A file of the recipe's folder; nil where it is none.
    private static func text(_ name: String, in folder: HostPath?) throws -> [UInt8]? {
        guard let folder, let path = ImagePath(name), !path.isRoot else { return nil }
        let root = try RootDirectory(folder)
        guard let status = try root.status(of: path), status.kind == .file, status.size <= patchLimit else {
            return nil
        }
        return try root.reader(of: path).readAll(limit: patchLimit)
    }
}

extension RecipeDelta {
    /// A warning for each patch that does not say when it is from and where upstream stands.
    package var diagnostics: [Diagnostic] {
        patches.filter { !$0.isExplained }.map { patch in
            var missing: [String] = []
            if patch.upstream == nil {
                missing.append(
                    "where upstream stands ('Forwarded:', 'Applied-Upstream:' or 'Origin: upstream')")
            }
            if patch.date == nil { missing.append("when it is from ('Last-Update: YYYY-MM-DD' or 'Date:')") }
            return Diagnostic(
                .warning, .patchUnexplained,
                "\(patch.name): \(patch.problem ?? "its header does not say " + missing.joined(separator: ", nor "))",
                at: patch.location)
        }
    }
}

extension Diagnostic.Code {
    static let patchUnexplained = Self(rawValue: "patch-unexplained")
}
