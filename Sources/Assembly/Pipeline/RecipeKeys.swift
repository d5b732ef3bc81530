// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Verifying
package import Vocabulary

/// Whose words count about a package: told apart by what the files hold.
package struct RecipeKeys: Sendable {
    /// Of provenance.
    let provenance: [VerificationKey]
    /// RSA keys of repositories, whose files' names are the keys'.
    let packages: [HostPath]
    /// OpenPGP keyrings of repositories.
    let keyrings: [HostPath]

    /// - Throws: `PipelineError.noPackageKeyFile`; `.noKey` for a file that holds none.
    package init(_ files: [HostPath]) throws {
        var (provenance, packages, keyrings): ([VerificationKey], [HostPath], [HostPath]) = ([], [], [])
        for file in files {
            guard try HostDirectory.exists(file) else { throw PipelineError.noPackageKeyFile(file) }
            let bytes = try HostDirectory.read(file, limit: 1 << 20)
            let text = String(decoding: bytes.prefix(100), as: UTF8.self)
            if text.hasPrefix("-----BEGIN PGP") || bytes.first.map({ $0 & 0x80 != 0 }) == true {
                keyrings.append(file)
            } else if let key = try? VerificationKey(pem: bytes, what: "'\(file)'") {
                provenance.append(key)
            } else if text.contains("-----BEGIN PUBLIC KEY") || text.contains("-----BEGIN RSA PUBLIC KEY") {
                packages.append(file)
            } else {
                throw PipelineError.noKey(file)
            }
        }
        (self.provenance, self.packages, self.keyrings) = (provenance, packages, keyrings)
    }

    /// What a check without its key comes to.
    static func missing(_ what: String) -> Verdict.Check {
        Verdict.Check(
            "index", subject: nil, outcome: .unchecked, expected: what, found: "none was given with --key")
    }
}
