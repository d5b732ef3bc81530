// SPDX-License-Identifier: Apache-2.0

internal import Attesting
internal import Storage
package import Vocabulary

/// A private key on disk and the public one beside it.
package struct KeyPair: Sendable {
    let signingKey: SigningKey

    /// SPKI PEM.
    package var publicPEM: [UInt8] { signingKey.publicPEM }

    package static func generate() -> KeyPair { KeyPair(signingKey: .generate()) }

    private init(signingKey: SigningKey) { self.signingKey = signingKey }

    /// Reads `slipway.key`.
    /// - Throws: `StorageError`; `PipelineError.noKeyFile`; `AttestingError` where it is no P-256 private key.
    package init(at path: HostPath) throws {
        guard try HostDirectory.exists(path) else { throw PipelineError.noKeyFile(path) }
        signingKey = try SigningKey(pem: try HostDirectory.read(path, limit: 64 << 10), what: "'\(path)'")
    }

    /// Writes `NAME.key` (0600) and `NAME.pub`; neither may exist.
    /// - Throws: `StorageError`; nothing is overwritten.
    package func write(to folder: HostPath, name: String) throws -> (key: HostPath, publicKey: HostPath) {
        let paths = (key: folder / "\(name).key", publicKey: folder / "\(name).pub")
        for path in [paths.key, paths.publicKey] where try HostDirectory.exists(path) {
            throw PipelineError.keyExists(path)
        }
        guard try AtomicFile.create(paths.key, with: signingKey.privatePEM, mode: 0o600),
            try AtomicFile.create(paths.publicKey, with: signingKey.publicPEM)
        else { throw PipelineError.keyExists(paths.key) }
        return paths
    }
}
