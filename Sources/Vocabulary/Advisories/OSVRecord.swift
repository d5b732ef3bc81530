// SPDX-License-Identifier: Apache-2.0

/// One advisory in the Open Source Vulnerability format (OSV schema 1.7), reduced to what decides about a package.
/// Members that Slipway does not use may have any shape; those that it uses must have the right one, because half an
/// advisory reads as "not affected".
package struct OSVRecord: Sendable, Hashable {
    package struct Severity: Sendable, Hashable {
        /// `CVSS_V3`, `CVSS_V4`, …
        package var type: String
        /// The vector.
        package var score: String

        package init(type: String, score: String) {
            self.type = type
            self.score = score
        }
    }

    /// One package that the record speaks about.
    package struct Affected: Sendable, Hashable {
        package var ecosystem: AdvisoryEcosystem
        /// The package's name there; for Debian the source package.
        package var name: String
        package var ranges: [AdvisoryRange]
        /// Versions affected beside those in the ranges, compared as text.
        package var versions: [String]
        /// `ecosystem_specific.urgency`, which Debian's records have.
        package var urgency: String?

        package init(
            ecosystem: AdvisoryEcosystem, name: String, ranges: [AdvisoryRange], versions: [String] = [],
            urgency: String? = nil
        ) {
            self.ecosystem = ecosystem
            self.name = name
            self.ranges = ranges
            self.versions = versions
            self.urgency = urgency
        }
    }

    package var id: String
    /// The same vulnerability under other names.
    package var aliases: [String]
    /// The vulnerabilities that this record relays.
    package var upstream: [String]
    package var related: [String]
    /// A withdrawn record decides nothing.
    package var isWithdrawn: Bool
    package var summary: String?
    package var severity: [Severity]
    package var affected: [Affected]

    package init(
        id: String, aliases: [String] = [], upstream: [String] = [], related: [String] = [],
        isWithdrawn: Bool = false, summary: String? = nil, severity: [Severity] = [], affected: [Affected]
    ) {
        self.id = id
        self.aliases = aliases
        self.upstream = upstream
        self.related = related
        self.isWithdrawn = isWithdrawn
        self.summary = summary
        self.severity = severity
        self.affected = affected
    }

    /// The vulnerabilities it is about, by the name that records of several sources share: its CVE numbers where it
    /// has any, else its own id. `related` does not count (OSV schema, "related field").
    package var vulnerabilities: [String] {
        let names = Set(([id] + aliases + upstream).filter(Self.isCVE))
        return names.isEmpty ? [id] : names.sorted()
    }

    /// `CVE-` year `-` four or more digits.
    package static func isCVE(_ name: String) -> Bool {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        func digits(_ text: Substring) -> Bool { text.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        return parts.count == 3 && parts[0] == "CVE" && parts[1].utf8.count == 4 && digits(parts[1])
            && (4...19).contains(parts[2].utf8.count) && digits(parts[2])
    }
}

extension OSVRecord: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id, aliases, upstream, related, withdrawn, summary, details, severity, affected
    }

    /// Most items that any list of a record may have; real ones have some hundreds.
    package static let itemLimit = 100_000
    private static let textLimit = 300

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = try fields.decode(String.self, forKey: .id)
        guard !id.isEmpty, id.utf8.count <= 128, id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .id, in: fields, debugDescription: "an id is 1 to 128 visible ASCII characters")
        }
        aliases = try fields.bounded([String].self, forKey: .aliases)
        upstream = try fields.bounded([String].self, forKey: .upstream)
        related = try fields.bounded([String].self, forKey: .related)
        isWithdrawn = try fields.decodeIfPresent(String.self, forKey: .withdrawn) != nil
        let text = Self.line(try? fields.decodeIfPresent(String.self, forKey: .summary))
        summary = text ?? Self.line(try? fields.decodeIfPresent(String.self, forKey: .details))
        severity = (try? fields.bounded([Severity].self, forKey: .severity)) ?? []
        affected = try fields.bounded([Affected].self, forKey: .affected)
    }

    /// The first line of a text without control characters, shortened.
    private static func line(_ text: String??) -> String? {
        guard let text = text ?? nil else { return nil }
        let first = text.prefix(4 * textLimit).split(whereSeparator: \.isNewline).first ?? ""
        let visible = first.unicodeScalars.filter { $0.properties.generalCategory != .control }
        let clean = String(String.UnicodeScalarView(visible))
        guard !clean.isEmpty else { return nil }
        return clean.count <= textLimit ? clean : clean.prefix(textLimit - 1) + "…"
    }
}

extension OSVRecord.Severity: Decodable {}

extension OSVRecord.Affected: Decodable {
    private enum CodingKeys: String, CodingKey {
        case package, ranges, versions
        case ecosystemSpecific = "ecosystem_specific"
    }
    private enum PackageKeys: String, CodingKey { case ecosystem, name }
    private struct EcosystemSpecific: Decodable { var urgency: String? }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let package = try fields.nestedContainer(keyedBy: PackageKeys.self, forKey: .package)
        ecosystem = AdvisoryEcosystem(try package.decode(String.self, forKey: .ecosystem))
        name = try package.decode(String.self, forKey: .name)
        ranges = try fields.bounded([AdvisoryRange].self, forKey: .ranges)
        versions = try fields.bounded([String].self, forKey: .versions)
        urgency = (try? fields.decodeIfPresent(EcosystemSpecific.self, forKey: .ecosystemSpecific))?.urgency
    }
}

extension KeyedDecodingContainer {
    /// A list that may be absent or null, and that is refused where it is longer than any honest one.
    fileprivate func bounded<Item: Decodable>(_ type: [Item].Type, forKey key: Key) throws -> [Item] {
        let items = try decodeIfPresent(type, forKey: key) ?? []
        guard items.count <= OSVRecord.itemLimit else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "more than \(OSVRecord.itemLimit) items")
        }
        return items
    }
}
