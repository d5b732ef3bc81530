// SPDX-License-Identifier: Apache-2.0

internal import Fetching
internal import Storage
package import Vocabulary

/// apko's locks: built from, and written.
extension ImagePipeline {
    /// The lock that apko's stands for: the packages that it names are fetched and read. Nothing is refreshed or
    /// resolved. Throws where it holds for another definition, or a package is not where it says.
    func lock(
        of apko: ApkoLock, for file: DefinitionFile, _ options: BuildOptions
    ) async throws -> (lock: Lock, diagnostics: [Diagnostic]) {
        var file = file
        file.definition = try options.narrow(file.definition)
        let base = try await baseSnapshot(of: file, for: file.definition.architectures)
        let reader = ApkoLockReader(
            file: file, apko: apko, path: file.lockPath, base: base?.indexes ?? [])
        let diagnostics = try reader.check() + (base?.diagnostics ?? [])
        let unpinned = try reader.unpinned()
        let pins = try await fetcher.pin(unpinned, keyring: file.keyring, cache: workshop.cache)
        let witness = Witness(repositories: [], places: try reader.places(pins))
        for architecture in reader.outlines(pins) {
            _ = try await fetcher.fetch(architecture, witness: witness)
        }
        let packages = workshop.packages
        let lock = try await workshop.workers.run { try reader.lock(pins, packages: packages) }
        return (lock, diagnostics)
    }

    /// Resolves a definition and writes apko's lock of it beside it, in place of what was there.
    package func writeApkoLock(
        _ path: HostPath, _ options: BuildOptions
    ) async throws -> (lock: ApkoLock, file: HostPath) {
        let file = try DefinitionFile(path, store: workshop.packages, adding: options.additions)
        var options = options
        options.ignoreLock = true
        let (lock, _, diagnostics) = try await lock(for: file, options)
        workshop.report.report(diagnostics)
        guard lock.content.architectures.allSatisfy({ $0.family == .alpine }) else {
            throw PipelineError.notApkos(definition: path)
        }
        for architecture in lock.content.architectures {
            _ = try await fetcher.fetch(architecture, witness: lock.witness)
        }
        let writer = ApkoLockWriter(file: file, packages: workshop.packages, keys: try keys(of: file))
        let apko = try await workshop.workers.run { try writer.lock(lock) }
        let target = file.lockPath
        try await workshop.workers.run { try AtomicFile.replace(target, with: apko.encode()) }
        return (apko, target)
    }

    /// Those that are files; of others the lock keeps the URL alone.
    private func keys(of file: DefinitionFile) throws -> [String: String] {
        var keys: [String: String] = [:]
        for key in file.definition.contents.keyring.map(\.value) where !key.contains("://") {
            let path = try DefinitionFile.place(key, beside: file.path)
            keys[key] = String(decoding: try HostDirectory.read(path, limit: 64 << 10), as: UTF8.self)
        }
        return keys
    }
}
