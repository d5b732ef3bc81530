// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

extension Recipe {
    /// The recipe as it was compiled, in the keys of the language: a recipe that uses no pipelines but `fetch` and
    /// `git-checkout` and has no variables.
    package var yaml: [UInt8] { YAMLText.bytes(of: document) }

    /// The same as JSON, which is YAML too.
    package var json: JSONValue { document.json }

    private var document: YAMLNode {
        let main = packages[0]
        return .map([
            ("package", packageDocument(main)), ("environment", environment.rootDocument),
            ("sysroot", sysroot?.rootDocument), ("capabilities", capabilities.document),
            ("pipeline", .list(main.steps.map(\.document))),
            ("subpackages", .list(packages.dropFirst().map(\.document))), ("test", main.test?.document),
            ("update", update?.document),
        ]) ?? YAMLNode(content: .mapping([]), location: .nowhere)
    }

    private func packageDocument(_ main: Package) -> YAMLNode? {
        .map(
            [
                ("name", .text(name.text)), ("version", .text(version)), ("epoch", .integer(epoch)),
                ("description", .filled(main.metadata.description)), ("url", .filled(main.metadata.url)),
                ("commit", .text(commit)), ("annotations", .texts(annotations)),
                ("target-architecture", .lines(targets)), ("copyright", .list(copyrights.map(\.document))),
            ] + main.description + [
                ("cpe", .texts(cpe)), ("timeout", .text(limits.time.map { "\($0)s" })),
                ("resources", limits.document), ("test-resources", testLimits.document),
            ])
    }
}

extension Recipe.Package {
    fileprivate var document: YAMLNode? {
        .map(
            [
                ("name", .text(metadata.name.text)), ("description", .filled(metadata.description)),
                ("url", .filled(metadata.url)),
            ] + description + [("pipeline", .list(steps.map(\.document))), ("test", test?.document)])
    }

    /// What the main package and the others say alike.
    fileprivate var description: [(String, YAMLNode?)] {
        let dependencies = metadata.dependencies
        var scripts = PackageMetadata.ScriptKind.allCases.filter { $0 != .trigger }.map { kind in
            (kind.rawValue, YAMLNode.text(metadata.scripts[kind]))
        }
        scripts.append(
            (
                "trigger",
                .map([
                    ("script", .text(metadata.scripts[.trigger])), ("paths", .lines(metadata.triggerPaths)),
                ])
            ))
        return [
            (
                "dependencies",
                .map([
                    ("runtime", .lines(dependencies.runtime)),
                    ("debian", dependencies.deb.map { YAMLNode.all($0) }),
                    ("provides", .lines(dependencies.provides)),
                    ("replaces", .lines(dependencies.replaces)),
                    ("provider-priority", .nonzero(dependencies.providerPriority)),
                    ("replaces-priority", .nonzero(dependencies.replacesPriority)),
                ])
            ),
            (
                "options",
                .map([
                    ("no-provides", .set(options.withoutProvides)),
                    ("no-depends", .set(options.withoutDepends)),
                    ("no-commands", .set(options.withoutCommands)),
                    ("no-versioned-shlib-deps", .set(options.withoutVersionedLibraries)),
                ])
            ),
            ("scriptlets", .map(scripts)),
            ("checks", .map([("disabled", .lines(disabledChecks))])),
            ("setcap", .list(fileCapabilities.map(\.document))),
        ]
    }
}

extension Recipe.Step {
    fileprivate var document: YAMLNode? {
        var entries: [(String, YAMLNode?)] = [("name", .text(label))]
        switch action {
        case .run(let script): entries.append(("runs", .text(script)))
        case .fetch(let fetch): entries += [("uses", .text("fetch")), ("with", fetch.document)]
        case .checkout(let checkout):
            entries += [("uses", .text("git-checkout")), ("with", checkout.document)]
        }
        return .map(
            entries + [("working-directory", .text(workingDirectory)), ("environment", .texts(environment))])
    }
}

extension Recipe.Fetch {
    fileprivate var document: YAMLNode? {
        var digest: (String, String)
        switch expected {
        case .sha256(let value): digest = ("expected-sha256", value.hex)
        case .sha512(let value): digest = ("expected-sha512", value)
        case .none: digest = ("expected-none", "true")
        }
        return .map([
            ("uri", .text(uri)), (digest.0, .text(digest.1)), ("extract", .text("\(extracts)")),
            ("strip-components", .text("\(stripComponents)")), ("directory", .text(directory)),
            ("delete", deletes ? .text("true") : nil),
        ])
    }
}

extension Recipe.Checkout {
    fileprivate var document: YAMLNode? {
        var named: (String, String)?
        switch revision {
        case .tag(let tag): named = ("tag", tag)
        case .branch(let branch): named = ("branch", branch)
        case .head: named = nil
        }
        let picks = cherryPicks.map { pick in
            "\(pick.branch.map { "\($0)/" } ?? "")\(pick.commit): \(pick.reason)\n"
        }
        return .map([
            ("repository", .text(repository)), ("destination", .text(destination)),
            (named?.0 ?? "tag", .text(named?.1)), ("expected-commit", .text(commit)),
            ("depth", .text(depth.map { "\($0)" })),
            ("recurse-submodules", withSubmodules ? .text("true") : nil),
            ("sparse-paths", .filled(sparsePaths.joined(separator: " "))),
            ("cherry-picks", .filled(picks.joined())),
        ])
    }
}

extension Recipe.Test {
    fileprivate var document: YAMLNode? {
        .map([("environment", environment.rootDocument), ("pipeline", .list(steps.map(\.document)))])
    }
}

extension Recipe.Copyright {
    fileprivate var document: YAMLNode? {
        .map([
            ("license", .text(license)), ("paths", .lines(paths)), ("attestation", .text(attestation)),
            ("license-path", .text(licensePath)), ("detection-override", .text(detectionOverride)),
        ])
    }
}

extension Recipe.FileCapability {
    fileprivate var document: YAMLNode? {
        .map([("path", .text(path.absolute)), ("add", .texts(added)), ("reason", .filled(reason))])
    }
}

extension Recipe.Limits {
    fileprivate var document: YAMLNode? {
        .map([
            ("cpu", .text(processors.map { "\(Int($0 * 1000))m" })),
            ("memory", .text(memory.map { "\($0)" })),
            ("disk", .text(disk.map { "\($0)" })),
        ])
    }
}

extension Recipe.Capabilities {
    fileprivate var document: YAMLNode? { .map([("add", .lines(added)), ("drop", .lines(dropped))]) }
}

extension ImageDefinition {
    /// The definition of an image in which steps of a recipe run.
    package var rootDefinition: [UInt8] {
        YAMLText.bytes(
            of: .map([
                ("contents", contents.document), ("environment", .texts(process.environment)),
                ("accounts", accounts.document), ("archs", .lines(architectures.map(\.platformName))),
            ]) ?? YAMLNode(content: .mapping([]), location: .nowhere))
    }

    /// A build root: what an image's definition says of contents, accounts and variables.
    fileprivate var rootDocument: YAMLNode? {
        .map([
            ("contents", contents.document), ("environment", .texts(process.environment)),
            ("accounts", accounts.document),
        ])
    }
}

extension UpdateRule {
    fileprivate var document: YAMLNode? {
        let filters: [(String, YAMLNode?)] = [
            ("strip-prefix", .filled(filter.stripPrefix)), ("strip-suffix", .filled(filter.stripSuffix)),
        ]
        let tags: [(String, YAMLNode?)] = [
            ("tag-filter-prefix", .text(filter.prefix)), ("tag-filter-contains", .text(filter.contains)),
        ]
        let versions: [(String, YAMLNode?)] = [
            ("version-filter-prefix", .text(filter.prefix)),
            ("version-filter-contains", .text(filter.contains)),
        ]
        var place: (String, YAMLNode?)?
        switch backend {
        case .github(let identifier, let usesTags):
            place = (
                "github",
                .map([("identifier", .text(identifier)), ("use-tag", .set(usesTags))] + filters + tags)
            )
        case .git:
            place = ("git", .map(filters + tags) ?? YAMLNode(content: .mapping([]), location: .nowhere))
        case .releaseMonitor(let number):
            place = ("release-monitor", .map([("identifier", .integer(number))] + filters + versions))
        case .pypi(let name): place = ("pypi", .map([("identifier", .text(name))] + filters))
        case .aptSource(let name): place = ("debian", .map([("identifier", .text(name))] + filters))
        case .listing(let url, let pattern):
            place = ("listing", .map([("url", .text(url)), ("pattern", .text(pattern))] + filters))
        case .oci(let image): place = ("oci", .map([("identifier", .text(image))] + filters + tags))
        case nil: place = nil
        }
        return .map(
            [
                ("enabled", .bool(isEnabled)), ("manual", .set(isManual)), ("shared", .set(isShared)),
                ("require-sequential", .set(requiresSequence)),
                ("version-separator", .text(versionSeparator)),
                ("ignore-regex-patterns", .lines(ignoredPatterns)),
                (
                    "version-transform",
                    .list(
                        transforms.map { .map([("match", .text($0.match)), ("replace", .text($0.replace))]) })
                ),
                ("enable-prerelease-tags", .set(takesPrereleases)), ("exclude-reason", .text(excludeReason)),
                (
                    "schedule",
                    schedule.flatMap {
                        .map([("period", .text($0.period.rawValue)), ("reason", .filled($0.reason))])
                    }
                ),
            ] + (place.map { [$0] } ?? []))
    }
}

extension YAMLNode {
    /// Nil for an empty text.
    fileprivate static func filled(_ text: String) -> YAMLNode? { text.isEmpty ? nil : self.text(text) }
    /// Nil for false.
    fileprivate static func set(_ value: Bool) -> YAMLNode? { value ? bool(true) : nil }
    /// Nil for 0.
    fileprivate static func nonzero(_ value: UInt32) -> YAMLNode? { value == 0 ? nil : integer(value) }
}
