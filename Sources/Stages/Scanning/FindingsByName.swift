// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Findings while they are collected: one for each vulnerability and package, however many records relay it.
struct FindingsByName {
    private struct Key: Hashable {
        let vulnerability: String
        let package: PackageName
        let version: String
        let architecture: String
    }

    let rules: VersionRules?
    private var byKey: [Key: Findings.Finding] = [:]

    /// `rules` are the distribution's; without any, nothing is found.
    init(_ rules: VersionRules?) { self.rules = rules }

    mutating func add(_ match: AdvisorySet.Match, to package: ImageInventory.Package, fixedIn: String?) {
        let record = match.record
        let names = Set([record.id] + record.aliases + record.upstream)
        for vulnerability in record.vulnerabilities {
            let key = Key(
                vulnerability: vulnerability, package: package.name, version: package.version,
                architecture: package.architecture)
            // A record about several CVEs lends each of them its own id, not the others' numbers.
            let aliases = names.filter { $0 != vulnerability && !OSVRecord.isCVE($0) }.sorted()
            let found = Findings.Finding(
                id: vulnerability, aliases: aliases, package: package.name, version: package.version,
                sourceName: package.sourceName, sourceVersion: package.sourceVersion, fixedIn: fixedIn,
                severity: SeverityRules.severity(of: match), summary: record.summary)
            byKey[key] = byKey[key].map { merged($0, found) } ?? found
        }
    }

    var sorted: [Findings.Finding] {
        byKey.sorted {
            ($0.key.vulnerability, $0.key.package.text, $0.key.version, $0.key.architecture)
                < ($1.key.vulnerability, $1.key.package.text, $1.key.version, $1.key.architecture)
        }.map(\.value)
    }

    /// The fix is the higher of two, the first version that both records call fixed; the graver severity wins.
    private func merged(_ one: Findings.Finding, _ other: Findings.Finding) -> Findings.Finding {
        var merged = one
        merged.aliases = Set(one.aliases + other.aliases).sorted()
        if let rules { merged.fixedIn = rules.higher(one.fixedIn, other.fixedIn) }
        merged.severity = SeverityRules.graver(one.severity, other.severity)
        merged.summary = [one.summary, other.summary].compactMap { $0 }.min()
        return merged
    }
}
