// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// Trusted certificates as a Java key store of the type JKS (sun.security.provider.JavaKeyStore, version 2), which
/// every Java reads without a library of its own: what ca-certificates-java makes by running Java.
struct JavaKeyStore {
    /// What Debian's key store has. It protects nothing: the certificates are public, and the digest that it keys
    /// only shows damage.
    private static let password = "changeit"
    private static let salt = "Mighty Aphrodite"

    private static let magic: [UInt8] = [0xFE, 0xED, 0xFE, 0xED]

    private struct Entry {
        /// Lower case in a key store.
        var alias: String
        /// DER.
        var certificate: [UInt8]
        /// When it was added, in milliseconds since 1970.
        var time: UInt64 = 0
    }

    private var entries: [Entry] = []

    init() {}

    /// Nil for another type or version, another password, damage, and for key stores that hold keys: what is not
    /// understood is not written anew.
    init?(decoding bytes: [UInt8]) {
        guard bytes.count > 32, bytes.starts(with: Self.magic + [0, 0, 0, 2]),
            ContentHasher.sha1(of: Self.key + bytes.dropLast(20)) == Array(bytes.suffix(20))
        else { return nil }
        var rest = bytes[8..<bytes.count - 20]
        func number(_ count: Int) -> UInt64? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count).reduce(0) { $0 << 8 | UInt64($1) }
        }
        func text(_ count: Int) -> ArraySlice<UInt8>? {
            guard let length = number(count), length <= UInt64(rest.count) else { return nil }
            defer { rest = rest.dropFirst(Int(length)) }
            return rest.prefix(Int(length))
        }
        guard let count = number(4) else { return nil }
        for _ in 0..<min(count, UInt64(bytes.count)) {
            guard number(4) == 2, let alias = text(2), let time = number(8), text(2) != nil,
                let certificate = text(4)
            else { return nil }
            entries.append(
                Entry(
                    alias: String(decoding: alias, as: UTF8.self), certificate: Array(certificate), time: time
                ))
        }
        guard rest.isEmpty, UInt64(entries.count) == count else { return nil }
    }

    /// Adds one certificate, in the place of the one that has the alias.
    mutating func add(_ certificate: [UInt8], alias: String) {
        entries.removeAll { $0.alias == alias.lowercased() }
        entries.append(Entry(alias: alias.lowercased(), certificate: certificate))
    }

    /// Adds every certificate of a PEM file; the aliases are those of Debian, `debian:NAME.pem`. False where the file
    /// holds none.
    mutating func add(pem: [UInt8], file: Substring) -> Bool {
        let name = file.split(separator: ".").dropLast().joined(separator: ".").lowercased()
        let certificates = Self.certificates(in: pem)
        for (number, certificate) in certificates.enumerated() {
            entries.append(
                Entry(
                    alias: "debian:\(name)\(number == 0 ? "" : "-\(number + 1)").pem",
                    certificate: certificate))
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
        bytes += Self.magic + number(2, bytes: 4) + number(entries.count, bytes: 4)
        for entry in entries {
            // A trusted certificate; where the time at which it was added is not known, none is made up.
            bytes += number(2, bytes: 4) + text(entry.alias)
            bytes += number(Int(truncatingIfNeeded: entry.time), bytes: 8) + text("X.509")
            bytes += number(entry.certificate.count, bytes: 4) + entry.certificate
        }
        return bytes + ContentHasher.sha1(of: Self.key + bytes)
    }

    /// What the digest at the end begins with.
    private static var key: [UInt8] {
        password.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } + Array(salt.utf8)
    }

    /// The DER bytes between each pair of PEM lines (RFC 7468).
    static func certificates(in pem: [UInt8]) -> [[UInt8]] {
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
