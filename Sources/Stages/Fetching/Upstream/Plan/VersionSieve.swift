// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// What of a place's candidates is a release for a recipe. The order of the steps is that of the bot that keeps melange's
/// recipes current: what the place says itself, filters on the tag, its prefix and suffix, patterns that are ignored, the
/// separator, transforms, and at last what comes before a release.
struct VersionSieve {
    /// A candidate's version, or why it has none.
    enum Outcome: Equatable {
        case version(RecipeVersion)
        case passedOver(String)
    }

    private let rule: UpdateRule
    private let ignored: [(text: String, pattern: TextPattern)]
    private let transforms: [(pattern: TextPattern, replacement: String)]

    /// - Throws: for a pattern that is none; recipes that were read have none of those.
    init(_ rule: UpdateRule) throws(TextPattern.Malformed) {
        self.rule = rule
        var ignored: [(String, TextPattern)] = []
        for text in rule.ignoredPatterns { ignored.append((text, try TextPattern(text))) }
        var transforms: [(TextPattern, String)] = []
        for transform in rule.transforms {
            transforms.append((try TextPattern(transform.match), transform.replace))
        }
        (self.ignored, self.transforms) = (ignored, transforms)
    }

    func outcome(of candidate: UpstreamCandidate) -> Outcome {
        let name = candidate.name
        guard name.utf8.count <= TextPattern.limit else { return .passedOver("its name is too long") }
        if let objection = candidate.objection { return .passedOver(objection) }
        if let prefix = rule.filter.prefix, !name.hasPrefix(prefix) {
            return .passedOver("it does not begin with '\(prefix)'")
        }
        if let part = rule.filter.contains, !name.contains(part) {
            return .passedOver("it does not contain '\(part)'")
        }
        var version = stripped(candidate.version ?? name)
        // Recipes write patterns for tags and for what is left of them.
        let bare = version
        if let pattern = ignored.first(where: {
            $0.pattern.matches(bare) || (bare != name && $0.pattern.matches(name))
        }) {
            return .passedOver("ignored by '\(pattern.text)'")
        }
        if let separator = rule.versionSeparator, !separator.isEmpty {
            version = version.replacing(separator, with: ".")
        }
        for transform in transforms {
            version = transform.pattern.replacing(in: version, with: transform.replacement)
        }
        return judged(version, of: candidate, bare: bare)
    }

    private func judged(_ version: String, of candidate: UpstreamCandidate, bare: String) -> Outcome {
        let found = RecipeVersion(version)
        if !rule.takesPrereleases,
            candidate.isPrerelease || found?.isPrerelease == true || Self.namesPrerelease(bare)
        {
            return .passedOver("it comes before a release")
        }
        guard let found else {
            return .passedOver(
                "'\(version)' is no version"
                    + (version.first?.isNumber == false
                        ? "; strip-prefix takes away what stands before it" : ""))
        }
        return .version(found)
    }

    private func stripped(_ name: String) -> String {
        var text = name[...]
        if text.hasPrefix(rule.filter.stripPrefix) { text = text.dropFirst(rule.filter.stripPrefix.count) }
        if text.hasSuffix(rule.filter.stripSuffix) { text = text.dropLast(rule.filter.stripSuffix.count) }
        return String(text)
    }

    private static let prereleaseWords: Set<String> = [
        "alpha", "beta", "rc", "pre", "preview", "prerelease", "dev", "nightly", "snapshot", "unstable",
        "canary",
        "milestone",
    ]

    /// Whether a run of letters is a word for what comes before a release: `1.2-rc.1`, and not `search-1.2`.
    static func namesPrerelease(_ text: String) -> Bool {
        var word: [UInt8] = []
        func isPrerelease() -> Bool {
            word.count > 1 && prereleaseWords.contains(String(decoding: word, as: UTF8.self))
        }
        for byte in text.utf8 {
            let lower = byte | 0x20
            if (0x61...0x7A).contains(lower) {
                word.append(lower)
            } else {
                if isPrerelease() { return true }
                word.removeAll(keepingCapacity: true)
            }
        }
        return isPrerelease()
    }
}
