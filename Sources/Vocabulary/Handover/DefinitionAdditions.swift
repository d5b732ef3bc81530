// SPDX-License-Identifier: Apache-2.0

/// What a caller adds to a definition (apko's `--keyring-append` and its like): lists get longer, annotations win over
/// those of the same name. It becomes part of the definition's text, and so of its digest, its lock and its evidence.
package struct DefinitionAdditions: Sendable, Equatable {
    package var keyring: [String] = []
    package var buildRepositories: [String] = []
    package var repositories: [String] = []
    package var packages: [String] = []
    package var annotations: [String: String] = [:]

    package init() {}

    package var isEmpty: Bool { self == DefinitionAdditions() }
}
