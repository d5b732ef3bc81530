// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Reads the metadata file of `slipway apk pack`: what a package is, beside its files.
package struct PackageMetadataReader {
    package init() {}

    /// The meaning of `bytes`, which the user knows as `file`. Throws every problem, each with its place.
    package func read(_ bytes: [UInt8], file: String) throws(DefinitionError) -> PackageMetadata {
        let start = SourceLocation(file: file, line: 1, column: 1)
        guard let root = try YAMLDocument(file: file).compose(bytes), !root.isNull else {
            throw DefinitionError([DefinitionProblem(.syntax("the metadata are empty"), at: start)])
        }
        var decoder = StrictDecoder()
        let metadata = decoder.packageMetadata(root)
        guard decoder.problems.isEmpty, let metadata else { throw DefinitionError(decoder.problems) }
        return metadata
    }
}

extension StrictDecoder {
    fileprivate mutating func packageMetadata(_ root: YAMLNode) -> PackageMetadata? {
        guard let fields = fields(root, .packageMetadata) else { return nil }
        let nameNode = require("name", fields)
        let nameText = line(nameNode, "name")
        let name = nameText.flatMap { PackageName($0) }
        if let nameNode, let nameText, name == nil {
            bad(nameNode, "name", nameText, "it is not a package's name")
        }
        let version = word(require("version", fields), "version")
        let architecture = word(require("arch", fields), "arch")
        let description = line(require("description", fields), "description")
        let dependencies = dependencies(fields["dependencies"])
        guard let name, let version, let architecture, let description else { return nil }
        var metadata = PackageMetadata(
            name: name, version: version, architecture: architecture, description: description)
        metadata.url = line(fields["url"], "url") ?? ""
        metadata.license = line(fields["license"], "license") ?? ""
        metadata.origin = word(fields["origin"], "origin")
        metadata.maintainer = line(fields["maintainer"], "maintainer")
        metadata.dependencies = dependencies
        scripts(fields["scripts"], into: &metadata)
        return metadata
    }

    private mutating func dependencies(_ node: YAMLNode?) -> PackageMetadata.Dependencies {
        var dependencies = PackageMetadata.Dependencies()
        guard let node, let fields = fields(node, .packageDependencies) else { return dependencies }
        dependencies.runtime = words(fields["runtime"], "runtime")
        dependencies.provides = words(fields["provides"], "provides")
        dependencies.replaces = words(fields["replaces"], "replaces")
        dependencies.installIf = words(fields["install-if"], "install-if")
        dependencies.providerPriority = priority(fields["provider-priority"], "provider-priority")
        dependencies.replacesPriority = priority(fields["replaces-priority"], "replaces-priority")
        return dependencies
    }

    mutating func scripts(_ node: YAMLNode?, into metadata: inout PackageMetadata) {
        guard let node, let fields = fields(node, .packageScripts) else { return }
        for kind in PackageMetadata.ScriptKind.allCases {
            guard let script = fields[kind.rawValue] else { continue }
            guard kind == .trigger else {
                metadata.scripts[kind] = text(script, kind.rawValue)
                continue
            }
            guard let trigger = self.fields(script, .packageTrigger) else { continue }
            metadata.scripts[kind] = text(require("script", trigger), "script")
            metadata.triggerPaths = words(require("paths", trigger), "paths")
        }
    }

    private mutating func words(_ node: YAMLNode?, _ key: String) -> [String] {
        list(node, key).compactMap { word($0, key) }
    }

    /// A text without blanks.
    private mutating func word(_ node: YAMLNode?, _ key: String) -> String? {
        guard let node, let text = line(node, key) else { return nil }
        guard !text.contains(where: \.isWhitespace) else {
            bad(node, key, text, "it must be one word, without blanks")
            return nil
        }
        return text
    }

    private mutating func priority(_ node: YAMLNode?, _ key: String) -> UInt32 {
        integer(node, key, in: Keys.priorities).map { UInt32($0) } ?? 0
    }
}
