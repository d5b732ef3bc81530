// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// How advisories about Debian packages are read: by source package and source version, in dpkg's order.
enum DebianRules {
    static func isComparable(_ version: String) -> Bool { DebianVersion(version) != nil }

    /// Affected by any range or by a listed version (OSV schema, "Evaluation"); a listed version is no reason to look
    /// for a fix.
    static func verdict(
        on package: ImageInventory.Package, _ affected: OSVRecord.Affected
    ) -> AdvisoryRange.Verdict {
        guard let version = DebianVersion(package.sourceVersion) else {
            return .undecidable("no place for the installed version '\(package.sourceVersion)'")
        }
        var verdict = AdvisoryRange.Verdict.unaffected
        for range in affected.ranges {
            switch (verdict, range.verdict(on: version, parse: { DebianVersion($0) })) {
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
    static func higher(_ one: String?, _ other: String?) -> String? {
        guard let one, let first = DebianVersion(one) else { return other ?? one }
        guard let other, let second = DebianVersion(other) else { return one }
        return first < second ? other : one
    }
}
