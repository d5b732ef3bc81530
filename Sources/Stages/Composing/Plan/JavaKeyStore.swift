// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// Trusted certificates as a Java key store of the type JKS (sun.security.provider.JavaKeyStore, version 2), which
/// every Java reads without a library of its own: what ca-certificates-java makes by running Java.
struct JavaKeyStore {
    /// What Debian's key store has. It protects nothing: the certificates are public, and the digest that it keys
    /// only shows damage.
    private static let password = "changeit"
    private static let salt = "Mighty Aphrodite"

    /// By alias, which is lower case in a key store; the certificates are DER.
    private var entries: [(alias: String, certificate: [UInt8])] = []

    /// Adds every certificate of a PEM file; the aliases are those of Debian, `debian:NAME.pem`. False where the file
    /// holds none.
    mutating func add(pem: [UInt8], file: Substring) -> Bool {
        let name = file.split(separator: ".").dropLast().joined(separator: ".").lowercased()
        let certificates = Self.certificates(in: pem)
        for (number, certificate) in certificates.enumerated() {
            entries.append(("debian:\(name)\(number == 0 ? "" : "-\(number + 1)").pem", certificate))
        }
        return !certificates.isEmpty
    }

    /// The file, the entries in the order in which they were added and with no time of day in it.
    func encode() -> [UInt8] {
        var bytes: [UInt8] = []
        func number(_ value: Int, bytes count: Int) -> [UInt8] {
            (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        func text(_ text: String) -> [UInt8] { number(text.utf8.count, bytes: 2) + Array(text.utf8) }
        bytes += [0xFE, 0xED, 0xFE, 0xED] + number(2, bytes: 4) + number(entries.count, bytes: 4)
        for entry in entries {
            // A trusted certificate; the time at which it was added is not known and none is made up.
            bytes += number(2, bytes: 4) + text(entry.alias) + number(0, bytes: 8) + text("X.509")
            bytes += number(entry.certificate.count, bytes: 4) + entry.certificate
        }
        let key = Self.password.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } + Array(Self.salt.utf8)
        return bytes + ContentHasher.sha1(of: key + bytes)
    }

    /// The DER bytes between each pair of PEM lines (RFC 7468).
    private static func certificates(in pem: [UInt8]) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var text: String?
        for line in String(decoding: pem, as: UTF8.self).split(whereSeparator: \.isNewline) {
            switch line {
            case "-----BEGIN CERTIFICATE-----": text = ""
            case "-----END CERTIFICATE-----":
                if let bytes = text.flatMap({ Base64.decode($0) }), !bytes.isEmpty { found.append(bytes) }
                text = nil
            default: text?.append(contentsOf: line.filter { !$0.isWhitespace })
            }
        }
        return found
    }
}
