// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// How advisories about a distribution's packages are read: by source package and source version (for the Alpine family
/// the origin, which shares its version), in the family's order.
struct VersionRules {
    let family: PackageFamily

    func isComparable(_ version: String) -> Bool { family.versions.init(version) != nil }

    /// Affected by any range or by a listed version (OSV schema, "Evaluation"); a listed version is no reason to look
    /// for a fix.
    func verdict(
        on package: ImageInventory.Package, _ affected: OSVRecord.Affected
    ) -> AdvisoryRange.Verdict {
        verdict(on: package, affected, in: family.versions)
    }

    private func verdict<Version: PackageVersion>(
        on package: ImageInventory.Package, _ affected: OSVRecord.Affected, in order: Version.Type
    ) -> AdvisoryRange.Verdict {
        guard let version = Version(package.sourceVersion) else {
            return .undecidable("no place for the installed version '\(package.sourceVersion)'")
        }
        var verdict = AdvisoryRange.Verdict.unaffected
        for range in affected.ranges {
            switch (verdict, range.verdict(on: version, parse: { Version($0) })) {
            case (_, .unaffected): continue
            case (.affected(let one), .affected(let other)): verdict = .affected(fixedIn: higher(one, other))
            case (.affected, .undecidable): continue
            case (_, let next): verdict = next
            }
        }
        if case .affected = verdict { return verdict }
        return affected.versions.contains(package.sourceVersion) ? .affected(fixedIn: nil) : verdict
    }

    /// The higher of two fixed versions; a known one beats none.
    func higher(_ one: String?, _ other: String?) -> String? {
        guard let one, isComparable(one) else { return other ?? one }
        guard let other, isComparable(other) else { return one }
        return family.isLower(one, than: other) ? other : one
    }
}
