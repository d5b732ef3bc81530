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

    /// `releases` and `definition` are as they are now; `source` is as it was at the last decision. Where the
    /// releases differ, `changedNames` tells which packages' records differ between the old and the new indexes
    /// (nil where the old ones are no longer at hand).
    package func look(
        source: SourceState?, releases: [String: Digest], definition: Digest, tool: String,
        changedNames: Set<PackageName>?
    ) -> Look {
        guard let source else { return .resolve("it was never resolved") }
        if source.definition != definition { return .resolve("its definition changed") }
        if source.tool != tool { return .resolve("the composition changed") }
        if source.releases == releases { return .skip }
        guard let changedNames else { return .resolve("a repository changed") }
        guard let touched = source.consulted.first(where: changedNames.contains) else { return .skip }
        return .resolve("\(touched) changed")
    }
}
