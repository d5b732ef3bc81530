// SPDX-License-Identifier: Apache-2.0

internal import Storage
package import Vocabulary

/// Gathers the keys that `contents.keyring` names: files, URLs (asked once, then remembered), and Wolfi's key by its
/// name. Every key's text is put into the store: it is evidence.
struct AlpineKeyLoader: Sendable {
    static let cacheKind = "keys"
    /// A key of 16,384 bits has 3 KB.
    private static let limit = 64 << 10

    let files: RepositoryFiles
    let store: ContentStore
    let cache: Cache
    let workers: WorkerThreads

    /// In the order of the entries. Where `options` are of a recorded repository, keys that cannot be had are left out.
    func load(_ options: ReadingOptions) async throws(FetchingError) -> AlpineKeyring {
        var keyring: [AlpineKey] = []
        var diagnostics: [Diagnostic] = []
        for entry in options.keyring {
            do throws(FetchingError) {
                let (text, note) = try await text(of: entry, options)
                let key = try Self.key(entry, text)
                if let note { diagnostics.append(note(key)) }
                keyring.append(key)
            } catch {
                guard options.isRecorded, case FetchingError.keyAbsent = error else { throw error }
            }
        }
        return AlpineKeyring(keys: keyring, diagnostics: diagnostics)
    }

    private typealias Note = @Sendable (AlpineKey) -> Diagnostic

    private func text(
        of entry: KeyringEntry, _ options: ReadingOptions
    ) async throws(FetchingError) -> ([UInt8], Note?) {
        if let path = options.locating(entry), let text = try await read(path, entry) {
            return (text, nil)
        }
        switch entry {
        case .url(let url):
            if let text = remembered(url) { return (text, nil) }
            guard !options.isRecorded else { throw .keyAbsent(key: url, reason: "it is not at hand") }
            let text = try await download(url)
            return (text, { Self.downloaded($0, from: url) })
        case .file(let path):
            guard entry.name == WolfiKey.name else {
                throw .keyAbsent(key: path.text, reason: "there is no such file")
            }
            let text = Array(WolfiKey.pem.utf8)
            try keep(text)
            return (text, { Self.builtIn($0, instead: path) })
        }
    }

    /// The text of one key, checked to be one, and what the user hears of where it came from.
    func text(of entry: KeyringEntry) async throws(FetchingError) -> (Digest, Diagnostic?) {
        let (text, note) = try await text(of: entry, ReadingOptions(keyring: [entry], allowUnsigned: false))
        let key = try Self.key(entry, text)
        return (ContentHasher.digest(of: text), note.map { $0(key) })
    }

    private static func key(_ entry: KeyringEntry, _ text: [UInt8]) throws(FetchingError) -> AlpineKey {
        do throws(AlpineKey.Flaw) {
            return try AlpineKey(name: entry.name, pem: text)
        } catch {
            throw .badKey(key: entry.description, reason: error.reason)
        }
    }

    /// Nil where there is no such file.
    private func read(_ path: HostPath, _ entry: KeyringEntry) async throws(FetchingError) -> [UInt8]? {
        do {
            let text = try await workers.run { () -> [UInt8]? in
                guard try HostDirectory.exists(path) else { return nil }
                return try HostDirectory.read(path, limit: Self.limit)
            }
            if let text { try keep(text) }
            return text
        } catch let error as FetchingError {
            throw error
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw .badKey(key: entry.description, reason: "\(error)")
        }
    }

    private func download(_ url: String) async throws(FetchingError) -> [UInt8] {
        let text: [UInt8]
        do throws(RepositoryFiles.Failure) {
            text = try await files.read(url, limit: Self.limit)
        } catch {
            switch error {
            case .cancelled: throw .cancelled
            case .storage(let failure): throw .storage(failure)
            case .absent: throw .keyAbsent(key: url, reason: "it is not there")
            case .unreachable(let reason): throw .keyAbsent(key: url, reason: reason)
            case .mismatch(_, let found): throw .badKey(key: url, reason: "it is too large: \(found)")
            }
        }
        // A key that cannot be used is not remembered.
        _ = try Self.key(.url(url), text)
        try keep(text)
        do {
            try cache.publish(Self.cacheKind, Self.cacheKey(url)) { try $0.write(text) }
        } catch {
            throw .storage(.init(error))
        }
        return text
    }

    private func remembered(_ url: String) -> [UInt8]? {
        guard let path = cache.entry(Self.cacheKind, Self.cacheKey(url)),
            let text = try? HostDirectory.read(path, limit: Self.limit),
            (try? Self.key(.url(url), text)) != nil
        else { return nil }
        return (try? keep(text)) == nil ? nil : text
    }

    /// The text of a key that is no file here, and that an earlier `load` put into the store; nil where there is none.
    func kept(_ entry: KeyringEntry) -> Digest? {
        switch entry {
        case .url(let url): remembered(url).map { ContentHasher.digest(of: $0) }
        case .file:
            entry.name == WolfiKey.name && (try? keep(Array(WolfiKey.pem.utf8))) != nil
                ? ContentHasher.digest(of: WolfiKey.pem) : nil
        }
    }

    private static func cacheKey(_ url: String) -> Digest { ContentHasher.digest(of: url) }

    private func keep(_ text: [UInt8]) throws(FetchingError) {
        do throws(StorageError) {
            try store.write(text)
        } catch {
            throw .storage(.init(error))
        }
    }

    private static func downloaded(_ key: AlpineKey, from url: String) -> Diagnostic {
        Diagnostic(
            .note, .keyDownloaded,
            "the key \(key.name) was downloaded from \(url) and is trusted from now on; its fingerprint is \(key.fingerprint)"
        )
    }

    private static func builtIn(_ key: AlpineKey, instead path: HostPath) -> Diagnostic {
        Diagnostic(
            .note, .keyBuiltIn,
            "'\(path)' is not there, and Slipway's own copy of the key \(key.name) is used; its fingerprint is "
                + "\(key.fingerprint)")
    }
}

extension RepositoryRefresher {
    private var keyLoader: AlpineKeyLoader {
        AlpineKeyLoader(files: files, store: store, cache: cache, workers: workers)
    }

    /// The keys of the definition, for lines of the Alpine family.
    func alpineKeys(_ options: ReadingOptions) async throws(FetchingError) -> AlpineKeyring {
        try await keyLoader.load(options)
    }

    /// The text of one key of a keyring, in the store; a diagnostic where it was not a file of the user's. Throws
    /// `keyAbsent` or `badKey`.
    package func key(
        _ entry: KeyringEntry
    ) async throws(FetchingError) -> (text: Digest, note: Diagnostic?) {
        try await keyLoader.text(of: entry)
    }

    /// The text of a public key that is no file of this machine, in the store: what was downloaded, or Slipway's own
    /// copy. It belongs to the evidence. Nil where there is none.
    package func keptKey(_ entry: KeyringEntry) -> Digest? { keyLoader.kept(entry) }
}

extension Diagnostic.Code {
    static let keyDownloaded = Self(rawValue: "key-downloaded")
    static let keyBuiltIn = Self(rawValue: "key-built-in")
}
