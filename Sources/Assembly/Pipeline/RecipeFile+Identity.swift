// SPDX-License-Identifier: Apache-2.0

internal import Defining
internal import Storage
package import Vocabulary

extension RecipeFile {
    private static let limits = (entries: 100_000, bytes: Int64(1 << 30))

    /// What the packages are made of, as far as the recipe says: its compiled text and the folder beside it. Where releases
    /// are looked for makes no difference to them.
    /// - Throws: `StorageError`; `PipelineError.localFileTooLarge` where too much lies beside it.
    package func identity() throws -> Digest {
        var recipe = recipe
        recipe.update = nil
        var parts = [ContentHasher.digest(of: recipe.yaml).description]
        if let folder = try localFolder() { parts += try Self.content(of: folder) }
        return ContentHasher.digest(of: try CanonicalJSON.encode(parts))
    }

    /// A line each: path, kind, whether it may be run, content.
    private static func content(of folder: HostPath) throws -> [String] {
        let root = try RootDirectory(folder)
        var (lines, bytes): ([String], Int64) = ([], 0)
        try root.walk { path, status in
            bytes += status.kind == .file ? status.size : 0
            guard lines.count < limits.entries, bytes <= limits.bytes else {
                throw PipelineError.localFileTooLarge(folder, bytes: bytes, limit: limits.bytes)
            }
            switch status.kind {
            case .directory: lines.append("\(path)/")
            case .symbolicLink: lines.append("\(path) -> \(try root.target(of: path))")
            case .file:
                let digest = try root.reader(of: path).digest()
                lines.append("\(path) \(status.mode & 0o100 == 0 ? "-" : "x") \(digest)")
            default: break
            }
        }
        return lines.sorted()
    }
}
