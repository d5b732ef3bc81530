// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension DefinitionAdditions {
    /// As a definition of its own, each value at the option that gave it; nil where there is nothing.
    var document: YAMLNode? {
        let contents = Self.mapping([
            ("build_repositories", Self.list(buildRepositories, "--build-repository-append")),
            ("repositories", Self.list(repositories, "--repository-append")),
            ("keyring", Self.list(keyring, "--keyring-append")),
            ("packages", Self.list(packages, "--package-append")),
        ])
        return Self.mapping([
            ("contents", contents),
            (
                "annotations",
                Self.mapping(
                    annotations.sorted { $0.key < $1.key }.map {
                        ($0.key, Self.text($0.value, "--annotation"))
                    })
            ),
        ])
    }

    private static func place(_ option: String) -> SourceLocation {
        SourceLocation(file: option, line: 1, column: 1)
    }

    private static func text(_ text: String, _ option: String) -> YAMLNode {
        YAMLNode(content: .scalar(text, plain: false), location: place(option))
    }

    private static func list(_ texts: [String], _ option: String) -> YAMLNode? {
        guard !texts.isEmpty else { return nil }
        return YAMLNode(content: .sequence(texts.map { text($0, option) }), location: place(option))
    }

    private static func mapping(_ entries: [(String, YAMLNode?)]) -> YAMLNode? {
        let entries = entries.compactMap { key, value in
            value.map { YAMLNode.Entry(key: key, place: $0.location, value: $0) }
        }
        guard let first = entries.first else { return nil }
        return YAMLNode(content: .mapping(entries), location: first.place)
    }
}
