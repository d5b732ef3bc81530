// SPDX-License-Identifier: Apache-2.0

internal import Archives
package import Storage
package import Vocabulary

/// Finds the files of packages that an index knows by the checksum of their control member alone.
extension PackageFetcher {
    /// The file of each package: as `known` has it (an earlier lock: while the checksum is the same, the file stays the
    /// same), else as `cache` remembers it where the store has it, else it is downloaded into the store, checked from
    /// the checksum down to its data, and remembered.
    ///
    /// The index's signature vouches for a package. Where one of `keyring`'s keys signed the package itself, that
    /// signature must hold too. Throws `package` with what each place gave where none has the package.
    package func pin(
        _ unpinned: [UnpinnedPackage], known: PackagePins = PackagePins(), keyring: [KeyringEntry],
        cache: Cache,
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws(FetchingError) -> PackagePins {
        var pins = PackagePins()
        let memory = PinMemory(cache: cache)
        var missing: [String: UnpinnedPackage] = [:]
        for package in unpinned {
            // What is remembered saves only a download: a file that has to be downloaded anyway may be another by now,
            // as repositories sign packages again.
            let file =
                known.files[package.checksum]
                ?? memory.file(of: package.checksum).flatMap {
                    store.size(of: $0.digest) == $0.size ? $0 : nil
                }
            if let file, file.size == package.size {
                pins.files[package.checksum] = file
            } else {
                missing[package.checksum] = package
            }
        }
        guard !missing.isEmpty else { return pins }
        let meter = ProgressMeter(
            packages: missing.count, bytes: missing.values.reduce(0) { $0 + $1.size }, report: progress)
        let keys = try await keys(keyring, cache)
        let order = missing.values.sorted { ($0.size, $1.name) > ($1.size, $0.name) }
        let found = try await downloading(order) { package async throws(FetchingError) in
            let file = try await download(package, keys, meter)
            try memory.keep(file, of: package.checksum)
            return (package.checksum, file)
        }
        for (checksum, file) in found { pins.files[checksum] = file }
        return pins
    }

    private func keys(
        _ keyring: [KeyringEntry], _ cache: Cache
    ) async throws(FetchingError) -> AlpineKeyring {
        let loader = AlpineKeyLoader(files: files, store: store, cache: cache, workers: workers)
        return try await loader.load(ReadingOptions(keyring: keyring, allowUnsigned: false))
    }

    private func download(
        _ package: UnpinnedPackage, _ keys: AlpineKeyring, _ meter: ProgressMeter
    ) async throws(FetchingError) -> PackagePins.File {
        let digest = try await fromAnyPlace(package.places, of: package.name, package.version) {
            place async throws(RepositoryFiles.Failure) in
            let digest = try await files.download(
                .init(url: place, size: package.size, digest: nil, promises: true), into: store
            ) { meter.update(package.checksum, to: $0) }
            do {
                try await workers.run { try Self.check(digest, package, keys, in: store) }
            } catch {
                let failure = RepositoryFiles.Failure(error)
                // A file that is right and was not looked at to its end may stay.
                if case .mismatch = failure { try? store.remove(digest) }
                throw failure
            }
            return digest
        }
        meter.finish()
        return .init(digest: digest, size: package.size)
    }

    /// The whole chain inside a file that arrived.
    private static func check(
        _ digest: Digest, _ package: UnpinnedPackage, _ keys: AlpineKeyring, in store: ContentStore
    ) throws {
        func refusal(_ found: String) -> RepositoryFiles.Failure {
            .mismatch(expected: "the package that the signed index names", found: "another: \(found)")
        }
        do {
            let reader = try ApkReader(try store.reader(of: digest))
            let control = try reader.readControl()
            if let objection = AlpineChain.objection(
                to: control, package.name, package.version, package.checksum)
            {
                throw refusal(objection)
            }
            _ = try keys.judge(control.signatures, of: control.member.compressed)
            _ = try reader.finish()
        } catch let error as AlpineKeyring.BadSignature {
            throw refusal("its own signature (\(error.algorithm)) by '\(error.key)' does not hold")
        } catch let error as ArchiveError {
            throw refusal("\(error)")
        }
    }
}

/// Remembers which file an index's checksum meant.
private struct PinMemory: Sendable {
    private static let kind = "pins"

    let cache: Cache

    func file(of checksum: String) -> PackagePins.File? {
        guard let path = cache.entry(Self.kind, ContentHasher.digest(of: checksum)),
            let text = try? HostDirectory.read(path, limit: 256)
        else { return nil }
        let words = String(decoding: text, as: UTF8.self).split(separator: " ")
        guard words.count == 2, let digest = try? Digest(words[0]), let size = Int64(words[1]) else {
            return nil
        }
        return .init(digest: digest, size: size)
    }

    func keep(_ file: PackagePins.File, of checksum: String) throws(FetchingError) {
        do {
            try cache.publish(Self.kind, ContentHasher.digest(of: checksum)) {
                try $0.write(Array("\(file.digest) \(file.size)".utf8))
            }
        } catch {
            throw .storage(.init(error))
        }
    }
}
