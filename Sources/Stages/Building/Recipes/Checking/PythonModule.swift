// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

/// A Python module at top level of a package: what `import` names.
struct PythonModule: Equatable {
    var name: String
    /// Its folder or file.
    var path: ImagePath
    /// `…/site-packages`.
    var folder: ImagePath

    private static let skipped: Set<String> = [
        "test", "tests", "testing", "doc", "docs", "examples", "sitecustomize", "usercustomize",
    ]

    /// Folders with `__init__.py`, `.py` files and extension modules; in byte order.
    static func all(in tree: LintTree) -> [PythonModule] {
        let paths = Set(tree.entries.map(\.path))
        return tree.entries.compactMap { entry in
            guard let folder = entry.path.parent, folder.isPythonModules else { return nil }
            let name = String(entry.path.name.prefix { $0 != "." })
            switch entry.status.kind {
            case .directory:
                guard !entry.name.contains("."),
                    entry.path.appending("__init__.py").map(paths.contains) == true
                else { return nil }
            case .file: guard entry.name == "\(name).py" || entry.name.hasSuffix(".so") else { return nil }
            default: return nil
            }
            guard isIdentifier(name), !skipped.contains(name), !name.hasPrefix("__") else { return nil }
            return PythonModule(name: name, path: entry.path, folder: folder)
        }
    }

    private static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, first == "_" || first.properties.isXIDStart else {
            return false
        }
        return name.unicodeScalars.allSatisfy(\.properties.isXIDContinue)
    }

    /// Where its interpreter may be, without a leading slash, the nearest first: `usr/lib/python3.13/site-packages` belongs
    /// to `usr/bin/python3.13`.
    var interpreters: [String] {
        let components = folder.components
        let version = String(components.dropLast().last ?? "python3")
        // …/lib/python3.13/site-packages
        let prefix = components.dropLast(3).joined(separator: "/")
        let names = version == "python3" ? ["python3"] : [version, "python3"]
        return (prefix.isEmpty ? [] : names.map { "\(prefix)/bin/\($0)" }) + names.map { "usr/bin/\($0)" }
    }
}
