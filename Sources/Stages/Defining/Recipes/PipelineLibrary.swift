// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import Vocabulary

/// Finds the pipelines that steps name at `uses`: those of a project's own folders first, then Slipway's.
package struct PipelineLibrary: Sendable {
    /// Given a name (`autoconf/make`), the text and the name of its file; nil where there is no such pipeline.
    package typealias Read = @Sendable (_ name: String) throws -> (file: String, bytes: [UInt8])?

    private let own: Read

    /// - Parameter own: reads the project's own pipelines.
    package init(_ own: @escaping Read = { _ in nil }) { self.own = own }

    /// The names of Slipway's own pipelines, sorted; those that Slipway does itself among them.
    package static var names: [String] {
        (Array(BuiltInPipelines.texts.keys) + NativePipeline.allCases.map(\.rawValue)).sorted()
    }

    /// The text of one of Slipway's own, for people; nil for what is no text.
    package static func text(of name: String) -> String? { BuiltInPipelines.texts[name] }

    /// Those of Slipway's own that were read: recipes by the thousand name the same few.
    private static let builtIn = Mutex<[String: YAMLNode]>([:])

    /// The pipeline's tree; nil where there is no such pipeline.
    /// - Throws: `DefinitionError`, and whatever reads a project's own.
    func tree(of name: String) throws -> YAMLNode? {
        if let (file, bytes) = try own(name) { return try YAMLDocument(file: file).compose(bytes) }
        guard let text = BuiltInPipelines.texts[name] else { return nil }
        if let known = Self.builtIn.withLock({ $0[name] }) { return known }
        let tree = try YAMLDocument(file: "pipelines/\(name).yaml").compose(Array(text.utf8))
        Self.builtIn.withLock { $0[name] = tree }
        return tree
    }
}

/// Pipelines that Slipway does itself: they need the network or the host's files, and no step has those.
enum NativePipeline: String, CaseIterable {
    case fetch
    case checkout = "git-checkout"

    /// The inputs that it takes, with their defaults; nil for none.
    var inputs: [String: String?] {
        switch self {
        case .fetch:
            [
                "uri": nil, "expected-sha256": nil, "expected-sha512": nil, "expected-none": nil,
                "strip-components": "1", "directory": ".", "extract": "true", "delete": "false",
                "timeout": nil,
                "dns-timeout": nil, "retry-limit": nil, "purl-name": nil, "purl-version": nil, "reason": nil,
            ]
        case .checkout:
            [
                "repository": nil, "destination": ".", "depth": nil, "branch": nil, "tag": nil,
                "expected-commit": nil, "expected-commit-is-branch-tip": nil, "recurse-submodules": nil,
                "shallow-submodules": nil, "submodule-jobs": nil, "cherry-picks": nil, "type-hint": nil,
                "sparse-paths": nil, "max-retries": nil, "initial-backoff": nil, "max-backoff": nil,
                "reason": nil,
            ]
        }
    }
}
