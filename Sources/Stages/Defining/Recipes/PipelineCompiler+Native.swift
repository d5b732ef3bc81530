// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// What Slipway does itself: sources.
extension PipelineCompiler {
    typealias Inputs = [String: (value: String, node: YAMLNode)]

    /// Nil, and a problem, where an input is missing or wrong.
    /// - Parameter version: the recipe's.
    mutating func action(
        _ native: NativePipeline, _ given: Inputs, _ node: YAMLNode, version: String?
    ) -> Recipe.Step.Action? {
        switch native {
        case .fetch: fetch(given, node, version).map { .fetch($0) }
        case .checkout: checkout(given, node).map { .checkout($0) }
        }
    }

    private func value(_ name: String, _ given: Inputs, _ native: NativePipeline) -> String? {
        let value = given[name]?.value ?? native.inputs[name] ?? nil
        return value?.isEmpty == true ? nil : value
    }

    private mutating func required(
        _ name: String, _ given: Inputs, _ native: NativePipeline, _ node: YAMLNode
    ) -> String? {
        if let value = value(name, given, native) { return value }
        decoder.fail(.missingKey(name, in: "'with' of \(native.rawValue)"), at: node.location)
        return nil
    }

    private mutating func flag(_ name: String, _ given: Inputs, _ native: NativePipeline) -> Bool {
        guard let value = value(name, given, native) else { return false }
        if value != "true", value != "false", let node = given[name]?.node {
            decoder.bad(node, name, value, "it must be true or false")
        }
        return value == "true"
    }

    private mutating func number(_ name: String, _ given: Inputs, _ native: NativePipeline) -> Int? {
        guard let value = value(name, given, native) else { return nil }
        guard let number = Int(value), abs(number) < 1_000_000 else {
            if let node = given[name]?.node { decoder.bad(node, name, value, "it must be a whole number") }
            return nil
        }
        return number
    }

    private mutating func hex(_ name: String, _ given: Inputs, digits: Int) -> String? {
        guard let (value, node) = given[name], !value.isEmpty else { return nil }
        let text = value.lowercased()
        guard text.utf8.count == digits, text.utf8.allSatisfy(Self.isHex) else {
            decoder.bad(node, name, value, "it must be \(digits) hexadecimal digits; here are \(text.count)")
            return nil
        }
        return text
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    // MARK: - fetch

    private mutating func fetch(
        _ given: Inputs, _ node: YAMLNode, _ version: String?
    ) -> Recipe.Fetch? {
        let uri = required("uri", given, .fetch, node)
        let sha256 = hex("expected-sha256", given, digits: 64)
        let sha512 = hex("expected-sha512", given, digits: 128)
        let takesAny = value("expected-none", given, .fetch) != nil
        let expected: Recipe.Fetch.Digests
        if let sha256, let digest = try? Digest(.sha256, hex: sha256) {
            expected = .sha256(digest)
        } else if let sha512 {
            expected = .sha512(sha512)
        } else {
            if !takesAny, given["expected-sha256"] == nil, given["expected-sha512"] == nil {
                decoder.fail(.missingKey("expected-sha256", in: "'with' of fetch"), at: node.location)
            }
            expected = .none
        }
        guard let uri else { return nil }
        return Recipe.Fetch(
            uri: Self.complete(uri, version), expected: expected, extracts: flag("extract", given, .fetch),
            stripComponents: max(0, number("strip-components", given, .fetch) ?? 1),
            directory: value("directory", given, .fetch) ?? ".", deletes: flag("delete", given, .fetch))
    }

    /// Of a Python project the recipe's version is taken, unless the address names another.
    private static func complete(_ uri: String, _ version: String?) -> String {
        guard uri.hasPrefix("pypi:"), !uri.contains("@"), let version else { return uri }
        return "\(uri)@\(version)"
    }

    // MARK: - git-checkout

    private mutating func checkout(_ given: Inputs, _ node: YAMLNode) -> Recipe.Checkout? {
        let repository = required("repository", given, .checkout, node)
        let (tag, branch) = (value("tag", given, .checkout), value("branch", given, .checkout))
        if let tag, branch != nil, let node = given["tag"]?.node {
            decoder.bad(node, "tag", tag, "'branch' stands beside it; name one of them")
        }
        let commit = hex("expected-commit", given, digits: 40)
        let picks = cherryPicks(given["cherry-picks"])
        guard let repository else { return nil }
        return Recipe.Checkout(
            repository: repository, destination: value("destination", given, .checkout) ?? ".",
            revision: tag.map { .tag($0) } ?? branch.map { .branch($0) } ?? .head, commit: commit,
            depth: value("depth", given, .checkout) == "unset" ? nil : number("depth", given, .checkout),
            withSubmodules: flag("recurse-submodules", given, .checkout),
            sparsePaths: (value("sparse-paths", given, .checkout) ?? "").split(whereSeparator: \.isWhitespace)
                .map(String.init),
            cherryPicks: picks)
    }

    /// A line each: `[BRANCH/]COMMIT: reason`; what follows `#` is for people.
    private mutating func cherryPicks(
        _ given: (value: String, node: YAMLNode)?
    ) -> [Recipe.Checkout.CherryPick] {
        guard let (text, node) = given else { return [] }
        var picks: [Recipe.Checkout.CherryPick] = []
        for written in text.split(whereSeparator: \.isNewline) {
            let line = written.prefix { $0 != "#" }.trimmingBlanks
            guard !line.isEmpty else { continue }
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let reason = parts.count == 2 ? parts[1].trimmingBlanks : ""
            let place = parts[0].trimmingBlanks.split(separator: "/")
            guard let commit = place.last, commit.utf8.count == 40, commit.utf8.allSatisfy(Self.isHex),
                !reason.isEmpty
            else {
                decoder.bad(
                    node, "cherry-picks", String(line),
                    "write a line as [BRANCH/]COMMIT: reason, with 40 digits")
                continue
            }
            picks.append(
                .init(
                    branch: place.count > 1 ? place.dropLast().joined(separator: "/") : nil,
                    commit: String(commit), reason: String(reason)))
        }
        return picks
    }
}
