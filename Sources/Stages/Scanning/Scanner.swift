// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Holds an inventory against advisories. Pure: the same inventory, advisories and time give the same findings.
///
/// What follows for the exit code is the caller's: findings are 2 where a gate asks for none; `Findings.isComplete`
/// false and nothing else to complain about is 3; 0 is left for "everything was looked at".
package struct Scanner: Sendable {
    /// The time of the scan; nil leaves the age of the advisories unchecked.
    package let time: Timestamp?
    /// Seconds after which a declaration of completeness counts for nothing any more.
    package let maximumAge: Int64

    package init(at time: Timestamp?, maximumAge: Int64 = 30 * 86_400) {
        self.time = time
        self.maximumAge = maximumAge
    }

    /// The findings; whatever could not be judged is listed as uncovered, with the reason.
    package func scan(_ inventory: ImageInventory, against advisories: AdvisorySet) -> Findings {
        let distribution = ScannedDistribution(inventory.operatingSystem)
        let claims = distribution.ecosystem.map(advisories.coverage(of:)) ?? []
        let rules = distribution.family.map { VersionRules(family: $0) }
        var findings = FindingsByName(rules)
        var uncovered: [Findings.Uncovered] = []
        var diagnostics: [Diagnostic] = []
        for package in inventory.packages {
            var gaps = gap(for: package, distribution: distribution, claims: claims).map { [$0] } ?? []
            if let ecosystem = distribution.ecosystem, let rules, package.family == rules.family {
                for match in advisories.matches(package.sourceName, in: ecosystem) {
                    switch rules.verdict(on: package, match.affected) {
                    case .unaffected: break
                    case .affected(let fixedIn): findings.add(match, to: package, fixedIn: fixedIn)
                    case .undecidable(let reason):
                        gaps.append("the record \(match.record.id) cannot be evaluated: it has \(reason)")
                    }
                }
            }
            uncovered += gaps.prefix(1).map { Findings.Uncovered(package, reason: $0) }
        }
        diagnostics += self.diagnostics(inventory, distribution: distribution, claims: claims)
        return Findings(
            distribution: distribution.name, coverage: claims.isEmpty ? nil : Self.text(of: claims),
            completeAsOf: claims.map(\.completeAsOf).min(), packagesScanned: inventory.packages.count,
            findings: findings.sorted, uncovered: uncovered.sorted(by: Self.precedes),
            diagnostics: diagnostics)
    }

    /// Why the advisories' silence about a package means nothing; nil where it means "not affected".
    private func gap(
        for package: ImageInventory.Package, distribution: ScannedDistribution, claims: [AdvisoryCoverage]
    ) -> String? {
        guard distribution.ecosystem != nil else { return distribution.reason }
        guard let family = distribution.family, package.family == family else {
            return "a package of the family \(package.family.rawValue), which is not that of the distribution"
        }
        guard !claims.isEmpty else { return "the advisories declare no coverage of \(distribution.label)" }
        let covering = claims.filter { $0.sources.contains(package.sourceName) }
        guard let newest = covering.map(\.completeAsOf).max() else {
            return "the source package \(package.sourceName) is outside the declared coverage"
        }
        guard VersionRules(family: family).isComparable(package.sourceVersion) else {
            return "the version '\(package.sourceVersion)' has no place in the order of versions"
        }
        if let time, time.seconds - newest.seconds > maximumAge {
            return
                "the advisories are complete only as of \(newest), \((time.seconds - newest.seconds) / 86_400) days ago"
        }
        return nil
    }

    private func diagnostics(
        _ inventory: ImageInventory, distribution: ScannedDistribution, claims: [AdvisoryCoverage]
    ) -> [Diagnostic] {
        var all: [Diagnostic] = []
        if let reason = distribution.reason { all.append(Diagnostic(.warning, .unknownDistribution, reason)) }
        if inventory.packages.isEmpty {
            all.append(
                Diagnostic(
                    .warning, .noPackages, "the image lists no installed package, so nothing was scanned"))
        }
        for claim in claims {
            guard let limits = claim.limits else { continue }
            all.append(
                Diagnostic(.warning, .coverageLimits, "\(claim.ecosystem) from \(claim.origin): \(limits)"))
        }
        return all
    }

    private static func text(of claims: [AdvisoryCoverage]) -> String {
        claims.map(\.description).joined(separator: "; ")
    }

    private static func precedes(_ left: Findings.Uncovered, _ right: Findings.Uncovered) -> Bool {
        (left.package, left.version) < (right.package, right.version)
    }
}

extension Diagnostic.Code {
    static let unknownDistribution = Self(rawValue: "distribution-unknown")
    static let noPackages = Self(rawValue: "packages-none")
    static let coverageLimits = Self(rawValue: "advisory-limits")
}

extension Findings.Uncovered {
    fileprivate init(_ package: ImageInventory.Package, reason: String) {
        self.init(
            package: package.name, version: package.version, sourceName: package.sourceName, reason: reason)
    }
}
