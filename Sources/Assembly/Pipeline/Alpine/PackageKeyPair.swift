// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Storage
package import Vocabulary

/// A private RSA key on disk, which signs packages and indexes, and the public one beside it.
package struct PackageKeyPair: Sendable {
    let key: PackageSigningKey

    /// - Parameter name: of the files, without an ending; it becomes the key's name too: `NAME.rsa.pub`.
    package static func generate(name: String, bits: Int) throws -> PackageKeyPair {
        PackageKeyPair(key: try .generate(bits: bits, name: "\(name).rsa.pub"))
    }

    private init(key: PackageSigningKey) { self.key = key }

    /// Reads `NAME.rsa`; the key is known by `NAME.rsa.pub`, as abuild and melange have it.
    /// - Throws: `StorageError`; `PipelineError.noPackageKeyFile`; `BuildingError` where it is no RSA private key.
    package init(at path: HostPath) throws {
        guard try HostDirectory.exists(path) else { throw PipelineError.noPackageKeyFile(path) }
        key = try PackageSigningKey(
            pem: try HostDirectory.read(path, limit: 64 << 10), name: "\(path.name).pub", what: "'\(path)'")
    }

    /// Writes `NAME.rsa` (0600) and `NAME.rsa.pub`; neither may exist.
    /// - Throws: `StorageError`; `PipelineError.keyExists`: nothing is overwritten.
    package func write(to folder: HostPath) throws -> (key: HostPath, publicKey: HostPath) {
        let paths = (key: folder / key.name.dropLast(".pub".count), publicKey: folder / key.name)
        for path in [paths.key, paths.publicKey] where try HostDirectory.exists(path) {
            throw PipelineError.keyExists(path)
        }
        guard try AtomicFile.create(paths.key, with: key.privatePEM, mode: 0o600),
            try AtomicFile.create(paths.publicKey, with: key.publicPEM)
        else { throw PipelineError.keyExists(paths.key) }
        return paths
    }

    /// The public key as a file of the workshop's.
    func publicFile(in workshop: Workshop) throws -> HostPath {
        try workshop.publicKey(key.name, key.publicPEM)
    }
}
