// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// The cheap pre-filter before a resolution: which images could differ at all, given what changed since the last look.
package struct LookPlanner: Sendable {
    package init() {}

    /// What must be looked at next.
    package enum Look: Sendable, Equatable {
        /// Nothing: no source differs.
        case skip
        /// The indexes of the suites that changed: by their names it is told whether the image can differ.
        case compare(String)
        /// The image, anew, whatever the indexes say.
        case resolve(String)
    }

    /// `definition` and `tool` are as they are now, `changed` are the suites whose signed release differs from the one
    /// that `source` recorded.
    package func look(source: SourceState?, changed: [String], definition: Digest, tool: String) -> Look {
        guard let source else { return .resolve("it was never resolved") }
        if source.definition != definition { return .resolve("its definition changed") }
        if source.tool != tool { return .resolve("the composition changed") }
        return changed.isEmpty ? .skip : .compare("\(changed.joined(separator: ", ")) changed")
    }

    /// Whether a resolution that looked at the names of `source`, misses included, can come out differently now that
    /// the repositories offer something else under `names`; nil stands for any name.
    package func canDiffer(_ source: SourceState, names: Set<String>?) -> Bool {
        guard let names else { return true }
        return source.consulted.contains { names.contains($0) }
    }
}
