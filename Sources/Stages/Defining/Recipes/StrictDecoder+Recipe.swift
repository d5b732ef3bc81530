// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension StrictDecoder {
    /// What another decoder found, beside this one's.
    mutating func absorb(_ other: StrictDecoder) {
        for problem in other.problems { fail(problem.kind, at: problem.location) }
        for diagnostic in other.diagnostics { report(diagnostic) }
    }

    /// What a recipe says of itself beside its packages.
    mutating func describe(_ recipe: inout Recipe, _ fields: Fields) {
        recipe.commit = line(fields["commit"], "commit")
        recipe.annotations = texts(fields["annotations"], "annotations").compactMapValues {
            text($0, "annotations")
        }
        recipe.cpe = texts(fields["cpe"], "cpe").compactMapValues { text($0, "cpe") }
        recipe.copyrights = list(fields["copyright"], "copyright").compactMap { copyright($0) }
        recipe.targets = list(fields["target-architecture"], "target-architecture")
            .compactMap { line($0, "target-architecture") }.filter { $0 != "all" }
        recipe.limits = limits(fields["resources"])
        recipe.testLimits = limits(fields["test-resources"])
        if let node = fields["timeout"], let text = line(node, "timeout") {
            recipe.limits.time = duration(text, node, "timeout")
        }
    }

    /// What a recipe says of one of its packages beside its steps; variables are written out.
    mutating func describe(_ package: inout Recipe.Package, _ fields: Fields) {
        let description = text(fields["description"], "description") ?? ""
        // An index has one line for it.
        package.metadata.description = description.split(whereSeparator: \.isNewline).joined(separator: " ")
        package.metadata.url = line(fields["url"], "url") ?? ""
        package.metadata.license = list(fields["copyright"], "copyright").compactMap {
            copyright($0)?.license
        }
        .joined(separator: " AND ")
        package.metadata.dependencies = recipeDependencies(fields["dependencies"])
        scripts(fields["scriptlets"], into: &package.metadata)
        package.options = packageOptions(fields["options"])
        if let node = fields["checks"], let checks = self.fields(node, .packageChecks) {
            package.disabledChecks = lines(checks["disabled"], "disabled")
        }
        package.fileCapabilities = list(fields["setcap"], "setcap").compactMap { fileCapability($0) }
    }

    mutating func capabilities(_ node: YAMLNode?) -> Recipe.Capabilities {
        var capabilities = Recipe.Capabilities()
        guard let node, let fields = fields(node, .runCapabilities) else { return capabilities }
        capabilities.added = lines(fields["add"], "add")
        capabilities.dropped = lines(fields["drop"], "drop")
        return capabilities
    }

    private mutating func lines(_ node: YAMLNode?, _ key: String) -> [String] {
        list(node, key).compactMap { line($0, key) }
    }

    private mutating func copyright(_ node: YAMLNode) -> Recipe.Copyright? {
        guard let fields = fields(node, .copyright),
            let license = line(require("license", fields), "license")
        else { return nil }
        var copyright = Recipe.Copyright(license: license, paths: lines(fields["paths"], "paths"))
        copyright.attestation = text(fields["attestation"], "attestation")
        copyright.licensePath = line(fields["license-path"], "license-path")
        copyright.detectionOverride = line(fields["detection-override"], "detection-override")
        return copyright
    }

    private mutating func recipeDependencies(_ node: YAMLNode?) -> PackageMetadata.Dependencies {
        var dependencies = PackageMetadata.Dependencies()
        guard let node, let fields = fields(node, .recipeDependencies) else { return dependencies }
        dependencies.runtime = lines(fields["runtime"], "runtime")
        dependencies.deb = fields["debian"].map { lines($0, "debian") }
        dependencies.provides = lines(fields["provides"], "provides")
        dependencies.replaces = lines(fields["replaces"], "replaces")
        dependencies.providerPriority = recipePriority(fields["provider-priority"], "provider-priority")
        dependencies.replacesPriority = recipePriority(fields["replaces-priority"], "replaces-priority")
        return dependencies
    }

    /// melange takes a text as well, in which a variable may have stood.
    private mutating func recipePriority(_ node: YAMLNode?, _ key: String) -> UInt32 {
        guard let node, let text = line(node, key) else { return 0 }
        guard let value = UInt32(text), value <= Int32.max else {
            bad(node, key, text, "it must be a whole number from 0 to \(Int32.max)")
            return 0
        }
        return value
    }

    private mutating func packageOptions(_ node: YAMLNode?) -> Recipe.Options {
        var options = Recipe.Options()
        guard let node, let fields = fields(node, .packageOptions) else { return options }
        options.withoutProvides = boolean(fields["no-provides"], "no-provides") ?? false
        options.withoutDepends = boolean(fields["no-depends"], "no-depends") ?? false
        options.withoutCommands = boolean(fields["no-commands"], "no-commands") ?? false
        options.withoutVersionedLibraries =
            boolean(fields["no-versioned-shlib-deps"], "no-versioned-shlib-deps") ?? false
        return options
    }

    private mutating func fileCapability(_ node: YAMLNode) -> Recipe.FileCapability? {
        guard let fields = fields(node, .fileCapability) else { return nil }
        let path = imagePath(require("path", fields), "path")
        let added = texts(require("add", fields), "add").compactMapValues { text($0, "add") }
        guard let path else { return nil }
        return Recipe.FileCapability(
            path: path, added: added, reason: text(fields["reason"], "reason") ?? "")
    }

    // MARK: - Limits

    private mutating func limits(_ node: YAMLNode?) -> Recipe.Limits {
        var limits = Recipe.Limits()
        guard let node, let fields = fields(node, .resources) else { return limits }
        if let node = fields["cpu"], let text = line(node, "cpu") {
            limits.processors = Self.processors(text)
            if limits.processors == nil { bad(node, "cpu", text, "write processors, as 2, 0.5 or 500m") }
        }
        limits.memory = bytes(fields["memory"], "memory")
        limits.disk = bytes(fields["disk"], "disk")
        return limits
    }

    private static func processors(_ text: String) -> Double? {
        let isThousandths = text.hasSuffix("m")
        guard let number = Double(isThousandths ? String(text.dropLast()) : text) else { return nil }
        let value = isThousandths ? number / 1000 : number
        return value > 0 && value < 10_000 ? value : nil
    }

    /// Kubernetes' quantities: 4Gi, 500M, bytes.
    private mutating func bytes(_ node: YAMLNode?, _ key: String) -> Int64? {
        guard let node, let text = line(node, key) else { return nil }
        let units: [(String, Double)] = [
            ("Ki", 0x1p10), ("Mi", 0x1p20), ("Gi", 0x1p30), ("Ti", 0x1p40), ("K", 1e3), ("k", 1e3),
            ("M", 1e6), ("G", 1e9), ("T", 1e12), ("", 1),
        ]
        for (suffix, factor) in units where text.hasSuffix(suffix) {
            if let value = Double(text.dropLast(suffix.count)), value > 0, value * factor < 1e18 {
                return Int64(value * factor)
            }
        }
        bad(node, key, text, "write bytes, as 4Gi, 500M or 1073741824")
        return nil
    }

    /// Go's durations in whole seconds: 90m, 1h30m, 45s.
    private mutating func duration(_ text: String, _ node: YAMLNode, _ key: String) -> Int64? {
        let units: [Character: Int64] = ["h": 3600, "m": 60, "s": 1]
        var (total, number): (Int64, String) = (0, "")
        for character in text {
            if character.isASCII, character.isNumber {
                number.append(character)
            } else if let unit = units[character], let value = Int64(number), value < 100_000 {
                total += value * unit
                number = ""
            } else {
                number = "?"
                break
            }
        }
        guard total > 0, number.isEmpty else {
            bad(node, key, text, "write a duration, as 90m or 1h30m")
            return nil
        }
        return total
    }
}
