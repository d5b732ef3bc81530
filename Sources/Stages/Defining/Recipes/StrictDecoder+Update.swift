// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension StrictDecoder {
    /// Where releases are looked for; one place at most.
    mutating func update(_ node: YAMLNode?) -> UpdateRule? {
        guard let node, let fields = fields(node, .update),
            let isEnabled = boolean(require("enabled", fields), "enabled")
        else { return nil }
        var rule = UpdateRule(isEnabled: isEnabled)
        rule.isManual = boolean(fields["manual"], "manual") ?? false
        rule.isShared = boolean(fields["shared"], "shared") ?? false
        rule.requiresSequence = boolean(fields["require-sequential"], "require-sequential") ?? false
        rule.takesPrereleases = boolean(fields["enable-prerelease-tags"], "enable-prerelease-tags") ?? false
        rule.versionSeparator = line(fields["version-separator"], "version-separator")
        rule.excludeReason = text(fields["exclude-reason"], "exclude-reason")
        rule.ignoredPatterns = list(fields["ignore-regex-patterns"], "ignore-regex-patterns")
            .compactMap { pattern($0, "ignore-regex-patterns") }
        rule.transforms = list(fields["version-transform"], "version-transform").compactMap { transform($0) }
        rule.schedule = schedule(fields["schedule"])
        let places = ["github", "git", "release-monitor", "oci", "pypi", "debian", "listing"]
        let named = places.filter { fields[$0] != nil }
        if named.count > 1, let second = fields[named[1]] {
            bad(
                second, named[1], "…",
                "'\(named[0])' stands beside it, and releases are looked for in one place")
        }
        if let name = named.first, let place = fields[name] { rule.look(in: name, place, with: &self) }
        return rule
    }

    /// A regular expression that can be used.
    mutating func pattern(_ node: YAMLNode?, _ key: String) -> String? {
        guard let node, let text = text(node, key) else { return nil }
        do throws(TextPattern.Malformed) {
            _ = try TextPattern(text)
            return text
        } catch {
            bad(node, key, text, error.reason)
            return nil
        }
    }

    private mutating func transform(_ node: YAMLNode) -> UpdateRule.Transform? {
        guard let fields = fields(node, .transform), let match = pattern(require("match", fields), "match")
        else { return nil }
        return UpdateRule.Transform(match: match, replace: text(fields["replace"], "replace") ?? "")
    }

    private mutating func schedule(_ node: YAMLNode?) -> UpdateRule.Schedule? {
        let periods = UpdateRule.Schedule.Period.allCases.map(\.rawValue)
        guard let node, let fields = fields(node, .schedule),
            let word = word(require("period", fields), "period", of: periods),
            let period = UpdateRule.Schedule.Period(rawValue: word)
        else { return nil }
        return UpdateRule.Schedule(period: period, reason: text(fields["reason"], "reason") ?? "")
    }

    /// How a tag becomes a version; `names` are the keys of the two filters.
    fileprivate mutating func filter(
        _ fields: Fields, prefix: String = "tag-filter-prefix", contains: String = "tag-filter-contains"
    ) -> UpdateRule.Filter {
        var filter = UpdateRule.Filter()
        filter.stripPrefix = text(fields["strip-prefix"], "strip-prefix") ?? ""
        filter.stripSuffix = text(fields["strip-suffix"], "strip-suffix") ?? ""
        filter.prefix = text(fields[prefix], prefix) ?? text(fields["tag-filter"], "tag-filter")
        filter.contains = text(fields[contains], contains)
        return filter
    }
}

extension UpdateRule {
    fileprivate mutating func look(in name: String, _ node: YAMLNode, with decoder: inout StrictDecoder) {
        let keys: [String: Keys] = [
            "github": .github, "git": .versionFilter, "release-monitor": .releaseMonitor, "oci": .ociMonitor,
            "pypi": .pypi, "debian": .debianMonitor, "listing": .listing,
        ]
        guard let keys = keys[name], let fields = decoder.fields(node, keys) else { return }
        filter =
            name == "release-monitor"
            ? decoder.filter(fields, prefix: "version-filter-prefix", contains: "version-filter-contains")
            : decoder.filter(fields)
        func identifier() -> String? { decoder.line(decoder.require("identifier", fields), "identifier") }
        switch name {
        case "git": backend = .git
        case "github":
            let usesTags = decoder.boolean(fields["use-tag"], "use-tag") ?? false
            backend = identifier().map { .github(identifier: $0, usesTags: usesTags) }
        case "release-monitor":
            let node = decoder.require("identifier", fields)
            backend = decoder.integer(node, "identifier", in: 1...Int64(Int32.max)).map(
                Backend.releaseMonitor)
        case "oci": backend = identifier().map(Backend.oci)
        case "pypi": backend = identifier().map(Backend.pypi)
        case "debian": backend = identifier().map(Backend.aptSource)
        default:
            let url = decoder.line(decoder.require("url", fields), "url")
            let pattern = decoder.pattern(decoder.require("pattern", fields), "pattern")
            if let url, let pattern { backend = .listing(url: url, pattern: pattern) }
        }
    }
}
