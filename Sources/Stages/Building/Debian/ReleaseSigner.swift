// SPDX-License-Identifier: Apache-2.0

package import Execution
internal import Storage
package import Vocabulary

/// Signs releases with gpg, whose keys never leave it. (What others signed is verified with gpgv alone.)
package struct ReleaseSigner: Sendable {
    private let gpg: Program
    /// As gpg takes it: a fingerprint or an address; nil for gpg's default key.
    private let key: String?
    private let environment: [String: String]
    private let scratch: HostPath

    /// - Parameters:
    ///   - home: gpg's own folder; nil for the user's.
    ///   - environment: of the process; what gpg needs of it is taken.
    /// - Throws: `ExecutionError.missing` with the line that installs gpg.
    package init(
        key: String?, home: HostPath?, environment: [String: String], scratch: HostPath
    ) throws(ExecutionError) {
        gpg = try Program.find("gpg", debianPackage: "gpg")
        self.key = key
        self.scratch = scratch
        var needed = environment.filter {
            ["HOME", "GNUPGHOME", "GPG_TTY", "XDG_RUNTIME_DIR"].contains($0.key)
        }
        if let home { needed["GNUPGHOME"] = home.text }
        self.environment = needed
    }

    /// The text with its signature around it: what `InRelease` is.
    /// - Throws: `BuildingError.program` with gpg's own words; `ExecutionError`.
    package func clearsign(_ text: [UInt8]) async throws -> [UInt8] {
        let folder = try TemporaryDirectory(in: scratch)
        let file = folder.path / "Release"
        try AtomicFile.replace(file, with: text)
        var arguments = ["--batch", "--no-tty", "--yes", "--digest-algo", "SHA256"]
        if let key { arguments += ["--local-user", key] }
        arguments += ["--clearsign", "--output", "-", file.text]
        let result = try await gpg.run(
            arguments, environment: environment, outputLimit: 2 * text.count + (1 << 20), within: 120)
        withExtendedLifetime(folder) {}
        guard result.exit == 0, !result.stdout.isEmpty else {
            throw BuildingError.program(name: "gpg", reason: result.complaint)
        }
        return result.stdout
    }

    /// A key without a passphrase in a new gpg folder, for what lives as long as its tests.
    /// - Parameter publicKey: where the keyring goes that holds it.
    package static func makeKey(
        in home: HostPath, publicKey: HostPath
    ) async throws {
        let gpg = try Program.find("gpg", debianPackage: "gpg")
        try HostDirectory.create(home, mode: 0o700)
        let environment = ["GNUPGHOME": home.text]
        let made = try await gpg.run(
            [
                "--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", "",
                "--quick-generate-key",
                "tests <tests@example.invalid>", "ed25519", "sign", "never",
            ], environment: environment, within: 120)
        guard made.exit == 0 else { throw BuildingError.program(name: "gpg", reason: made.complaint) }
        try AtomicFile.replace(publicKey, with: try await export(nil, gpg, environment))
    }

    /// The keyring with the public key that it signs with.
    /// - Throws: `BuildingError.program` with gpg's own words; `ExecutionError`.
    package func publicKey() async throws -> [UInt8] { try await Self.export(key, gpg, environment) }

    private static func export(
        _ key: String?, _ gpg: Program, _ environment: [String: String]
    ) async throws -> [UInt8] {
        let exported = try await gpg.run(
            ["--batch", "--export"] + (key.map { [$0] } ?? []), environment: environment, within: 120)
        guard exported.exit == 0, !exported.stdout.isEmpty else {
            throw BuildingError.program(name: "gpg", reason: exported.complaint)
        }
        return exported.stdout
    }
}
