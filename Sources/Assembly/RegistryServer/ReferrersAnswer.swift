// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The answer of the referrers API: an index of who names a subject.
///
/// Fallback tags need no folding in here: whatever they list was pushed to this registry with its `subject`, and is
/// therefore known already.
struct ReferrersAnswer: Equatable {
    let index: ImageIndex
    let isFiltered: Bool

    init(_ referrers: [Descriptor], artifactType: String?) {
        let wanted = artifactType.flatMap { $0.isEmpty ? nil : MediaType(rawValue: $0) }
        let listed = wanted.map { type in referrers.filter { $0.artifactType == type } } ?? referrers
        index = ImageIndex(manifests: listed.sorted { $0.digest < $1.digest })
        isFiltered = wanted != nil
    }
}
