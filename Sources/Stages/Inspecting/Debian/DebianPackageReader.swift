// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Reads what dpkg's database, or the directory of single stanzas that images without dpkg have, says is installed.
struct DebianPackageReader {
    private(set) var packages: [ImageInventory.Package] = []
    private(set) var diagnostics: [Diagnostic] = []

    /// Every stanza of a file. `needsStatus`: only those that say they are installed (dpkg(1), "Package states"); the
    /// stanzas of `status.d` have no such field.
    mutating func read(_ bytes: [UInt8], from path: ImagePath, needsStatus: Bool) throws(InspectingError) {
        var limits = ControlFile.Limits()
        limits.bytes = 64 << 20
        let stanzas: [ControlStanza]
        do {
            stanzas = try ControlFile.parse(bytes, what: path.absolute, limits: limits)
        } catch {
            throw .database(path, reason: "\(error)")
        }
        for stanza in stanzas {
            if let status = stanza["Status"] {
                guard status.split(separator: " ").last == "installed" else { continue }
            } else if needsStatus {
                complain("a stanza without Status", stanza, path)
                continue
            }
            guard let name = stanza["Package"].flatMap({ PackageName($0) }) else {
                complain("a stanza without a package's name", stanza, path)
                continue
            }
            let version = stanza["Version"] ?? ""
            if version.isEmpty { complain("\(name) without a version", stanza, path) }
            let source = Self.source(stanza["Source"])
            packages.append(
                ImageInventory.Package(
                    family: .debian, name: name, version: version, architecture: stanza["Architecture"] ?? "",
                    sourceName: source?.name ?? name, sourceVersion: source?.version ?? version,
                    maintainer: stanza.joined("Maintainer"), evidence: path))
        }
    }

    /// `NAME` or `NAME (VERSION)` (deb-control(5), "Source").
    static func source(_ field: String?) -> (name: PackageName, version: String?)? {
        guard let words = field?.split(separator: " ", omittingEmptySubsequences: true),
            let first = words.first,
            let name = PackageName(first)
        else { return nil }
        guard words.count >= 2, words[1].hasPrefix("("), words[1].hasSuffix(")"), words[1].count > 2 else {
            return (name, nil)
        }
        return (name, String(words[1].dropFirst().dropLast()))
    }

    private mutating func complain(_ what: String, _ stanza: ControlStanza, _ path: ImagePath) {
        guard diagnostics.count < 100 else { return }
        diagnostics.append(
            Diagnostic(.warning, .packageDatabase, "\(path), line \(stanza.line): \(what) is not understood"))
    }
}
