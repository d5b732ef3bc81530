// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// The cheap pre-filter before a resolution: which images could differ at all, given what changed since the last look.
package struct LookPlanner: Sendable {
    package init() {}

    /// Why an image must be resolved again, or that it need not be.
    package enum Look: Sendable, Equatable {
        case skip
        case resolve(String)
    }

    /// `definition` and `tool` are as they are now, `changed` are the suites whose signed release differs from the one
    /// that `source` recorded.
    package func look(source: SourceState?, changed: [String], definition: Digest, tool: String) -> Look {
        guard let source else { return .resolve("it was never resolved") }
        if source.definition != definition { return .resolve("its definition changed") }
        if source.tool != tool { return .resolve("the composition changed") }
        return changed.isEmpty ? .skip : .resolve("\(changed.joined(separator: ", ")) changed")
    }
}
