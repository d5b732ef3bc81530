// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// Where images keep the certificates that they trust, and what the definition's `certificates` does to them (apko's
/// rules).
enum CertificateStores {
    static let directory = "usr/local/share/ca-certificates"
    /// PEM certificates, one after the other.
    static let bundles = [
        "etc/ssl/certs/ca-certificates.crt", "var/lib/ecs/deps/execute-command/certs/tls-ca-bundle.pem",
        "kaniko/ssl/certs/ca-certificates.crt",
    ]
    static let keyStores = ["etc/ssl/certs/java/cacerts"]

    static let captures: [PathPattern] =
        (bundles + keyStores).map { PathPattern(stringLiteral: $0) }
        + [PathPattern(stringLiteral: "\(directory)/**")]

    /// One certificate, as every store gets it.
    struct Certificate {
        var der: [UInt8]
        /// In Java's key stores.
        var alias: String

        var fingerprint: String { ContentHasher.digest(of: der).hex }

        /// RFC 7468: 64 characters a line.
        var pem: [UInt8] {
            var text = "-----BEGIN CERTIFICATE-----\n"
            var rest = Base64.encode(der)[...]
            while !rest.isEmpty {
                text += rest.prefix(64) + "\n"
                rest = rest.dropFirst(64)
            }
            return Array((text + "-----END CERTIFICATE-----\n").utf8)
        }
    }
}
