// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Decides, without touching anything, what is to happen to one image after its sources were looked at.
///
/// The rule: an image is rebuilt when its new resolution differs from its lock, not when a package it holds changed.
package struct RebuildPlanner: Sendable {
    /// What is known of one image before the decision.
    package struct Standing: Sendable {
        /// The lock that the newest publication was built from; nil where there is none.
        package var published: Lock.Content?
        /// The sources as they were at the last decision.
        package var source: SourceState?
        /// The lock of the newest refused or failed attempt: not tried again until something differs from it too.
        package var refused: Lock.Content?

        package init(published: Lock.Content?, source: SourceState?, refused: Lock.Content?) {
            self.published = published
            self.source = source
            self.refused = refused
        }
    }

    package enum Decision: Sendable, Equatable {
        /// Nothing differs; the sentence says what was compared.
        case keep(String)
        case rebuild(RebuildCause)
        /// The resolution lowers versions: a mirror that went back, or an attack.
        case refuse(RebuildCause, lowered: [PackageChange])
    }

    /// True where `new` is lower than `old` in the family's order.
    private let isLower: @Sendable (_ new: String, _ old: String) -> Bool

    package init(isLower: @escaping @Sendable (_ new: String, _ old: String) -> Bool) {
        self.isLower = isLower
    }

    /// The decision about one image.
    package func decide(
        _ standing: Standing, resolution: Lock.Content, sources: SourceState,
        repositories: [RepositoryWitness]
    ) -> Decision {
        let cause = RebuildCause(
            trigger: trigger(standing, resolution: resolution, sources: sources),
            repositories: changed(repositories, since: standing.source),
            packages: resolution.changes(since: standing.published))
        guard let published = standing.published else {
            if let refused = standing.refused, refused == resolution, standing.source?.tool == sources.tool {
                return .keep("the same resolution was refused before")
            }
            return .rebuild(cause)
        }
        let sameTool = standing.source?.tool == sources.tool
        let sameDefinition = standing.source?.definition == sources.definition
        if published == resolution, sameTool, sameDefinition {
            return .keep("the resolution equals the published lock")
        }
        if let refused = standing.refused, refused == resolution, sameTool, sameDefinition {
            return .keep("the same resolution was refused before")
        }
        let lowered = cause.packages.filter { change in
            guard let old = change.old, let new = change.new else { return false }
            return isLower(new, old)
        }
        return lowered.isEmpty ? .rebuild(cause) : .refuse(cause, lowered: lowered)
    }

    private func trigger(
        _ standing: Standing, resolution: Lock.Content, sources: SourceState
    ) -> RebuildCause.Trigger {
        guard let published = standing.published else { return .first }
        if published.definition != resolution.definition || standing.source?.definition != sources.definition
        {
            return .definition
        }
        return published.architectures != resolution.architectures ? .repository : .tool
    }

    private func changed(
        _ repositories: [RepositoryWitness], since source: SourceState?
    ) -> [RebuildCause.RepositoryChange] {
        repositories.flatMap { repository in
            let before = source?.repositories.first { $0.line == repository.line }?.signedFiles ?? []
            return repository.signedFiles.compactMap { file -> RebuildCause.RepositoryChange? in
                let old = before.first { $0.url == file.url }?.digest
                guard old != file.digest else { return nil }
                return RebuildCause.RepositoryChange(
                    line: repository.line, title: repository.suite ?? repository.line, old: old,
                    new: file.digest,
                    date: file.date)
            }
        }
    }
}
