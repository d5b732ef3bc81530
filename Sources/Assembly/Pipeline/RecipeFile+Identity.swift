// SPDX-License-Identifier: Apache-2.0

internal import Building
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
        var (open, lines, bytes): ([ImagePath], [String], Int64) = ([.root], [], 0)
        while let directory = open.popLast() {
            for name in try root.names(in: directory) {
                guard let path = directory.appending(name), let status = try root.status(of: path) else {
                    continue
                }
                bytes += status.kind == .file ? status.size : 0
                guard lines.count < limits.entries, bytes <= limits.bytes else {
                    throw PipelineError.localFileTooLarge(folder, bytes: bytes, limit: limits.bytes)
                }
                switch status.kind {
                case .directory:
                    open.append(path)
                    lines.append("\(path)/")
                case .symbolicLink: lines.append("\(path) -> \(try root.target(of: path))")
                case .file:
                    let source = HashingSource(try root.reader(of: path))
                    try source.forEachPiece { _ in try Task.checkCancellation() }
                    lines.append("\(path) \(status.mode & 0o100 == 0 ? "-" : "x") \(source.digest)")
                default: continue
                }
            }
        }
        return lines.sorted()
    }
}

extension RecipeBuildRun {
    /// Whether a failure says something about the recipe, and would be the same if it were built again as it is.
    package static func isVerdict(_ error: any Error) -> Bool {
        switch error {
        case is DefinitionError: true
        case let error as BuildingError:
            switch error {
            case .storage, .archive, .other, .cancelled, .program, .changedMeanwhile: false
            default: true
            }
        case PipelineError.publishedOtherwise: true
        default: false
        }
    }
}

extension Recipe {
    /// Where the log of its build is, below the repository.
    package var logPath: String { "\(packages[0].metadata.architecture)/\(name)-\(fullVersion).log" }
}
