// SPDX-License-Identifier: Apache-2.0

internal import Resolving
internal import Storage
package import Vocabulary

/// Locks: written, read, and explained.
extension ImagePipeline {
    /// Resolves a definition and writes `F.lock.json` beside it; returns what changed since the lock that was there.
    package func writeLock(
        _ path: HostPath, _ options: BuildOptions
    ) async throws -> (lock: Lock, changes: [PackageChange], file: HostPath) {
        let file = try DefinitionFile(path, store: workshop.packages, adding: options.additions)
        let old = try? file.storedLock().lock
        let resolution = try await resolve(
            file, options, known: old.map { PackagePins(of: $0.content) } ?? PackagePins())
        workshop.report.report(file.diagnostics + resolution.diagnostics)
        let lock = resolution.lock
        let bytes = try CanonicalJSON.encodeForPeople(lock)
        let target = file.lockPath
        try await workshop.workers.run { try AtomicFile.replace(target, with: bytes) }
        return (lock, lock.content.changes(since: old?.content), target)
    }

    /// One architecture's packages as a tree from what the definition asks for, as lines.
    package struct Tree: Sendable, Codable {
        package var architecture: Architecture
        package var lines: [String]
    }

    /// The trees of the lock that a build would use. Throws the error of the stage that could not go on.
    package func trees(_ path: HostPath, _ options: BuildOptions) async throws -> [Tree] {
        let file = try DefinitionFile(path, store: workshop.packages, adding: options.additions)
        let lock = try await lock(for: file, options).lock
        return lock.content.architectures.map { architecture in
            let tree = Explanation(architecture, definition: file.definition).tree()
            let lines = tree.map { line in
                String(repeating: "  ", count: line.depth) + "\(line.name) \(line.version)"
                    + (line.role == .dataOnly ? " (data only)" : line.role == .base ? " (base image)" : "")
                    + (line.isRepeated ? " (above)" : "")
            }
            return Tree(
                architecture: architecture.architecture,
                lines: lines + architecture.dropped.map { "left out: \($0.name): \($0.reason)" })
        }
    }

    /// Why a package is in an image, or why it is not.
    package struct Reason: Sendable, Codable {
        package var architecture: Architecture
        package var isPresent: Bool
        package var text: String
    }

    /// Why a package is in the image of a definition, or why it is not, for each architecture.
    package func explain(
        _ name: PackageName, in path: HostPath, _ options: BuildOptions
    ) async throws -> [Reason] {
        let file = try DefinitionFile(path, store: workshop.packages, adding: options.additions)
        let lock = try await lock(for: file, options).lock
        return lock.content.architectures.map { architecture in
            let answer = Explanation(architecture, definition: file.definition).why(name)
            let isPresent =
                switch answer {
                case .installed, .dataOnly: true
                case .dropped, .absent: false
                }
            return Reason(
                architecture: architecture.architecture, isPresent: isPresent,
                text: "\(answer)".split(separator: "\n").joined(separator: "\n"))
        }
    }
}
