// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// With which key packages and indexes of the Alpine family are signed.
struct PackageSigningOptions: ParsableArguments {
    @Option(
        help: "The private RSA key; its file name with .pub is the key's name.",
        completion: .file(extensions: ["rsa"]))
    var key: String?

    @Flag(
        help: "Sign with SHA-1, for apk-tools before 2.7.0. Everything else reads the SHA-256 of the default."
    )
    var rsaSha1 = false

    /// Nil where no key is named.
    func signing() throws -> AlpineRepositoryRun.Signing? {
        try key.map { .init(key: try PackageKeyPair(at: HostPath($0)), sha1: rsaSha1) }
    }

    func validate() throws {
        if rsaSha1, key == nil { throw ValidationError("--rsa-sha1 says how to sign, and no --key is given") }
    }
}
