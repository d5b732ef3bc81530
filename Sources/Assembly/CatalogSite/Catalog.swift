// SPDX-License-Identifier: Apache-2.0

package import Records
package import Vocabulary

/// What the pages show, read from the factory's records at one moment.
package struct Catalog: Sendable, Codable {
    /// One image with its newest publication and its history.
    package struct Image: Sendable, Codable {
        package var name: String
        /// `HOST/REPOSITORY`.
        package var reference: String
        package var tags: [PublishedTag]
        /// What the first tag serves, which after a rollback is not the newest; without tags the newest publication.
        package var current: RebuildRecord?
        /// Newest first.
        package var history: [RebuildRecord]
    }

    package var images: [Image]
    /// What the factory builds itself.
    package var recipes: [Recipe]
    /// When this was read.
    package var moment: Timestamp

    /// Reads every image; `prefix` is the factory's destination, under which an image has its repository.
    /// - Throws: `RecordsError`.
    package init(_ records: FactoryRecords, prefix: String, moment: Timestamp) throws(RecordsError) {
        var images: [Image] = []
        for name in try records.images() {
            let tags = try records.tags(of: name)
            images.append(
                Image(
                    name: name, reference: "\(prefix)/\(name)", tags: tags,
                    current: try records.newest(
                        of: name, with: [.published, .held, .unchanged], index: tags.first?.digest),
                    history: try records.rebuilds(of: name, limit: 50)))
        }
        self.images = images
        recipes = try Self.recipes(records, images: images)
        self.moment = moment
    }
}

extension Catalog.Image {
    /// Findings as people read them; nothing is ever "0" that was not fully covered.
    package var findingsText: String {
        guard let findings = current?.findings else { return "unknown: not scanned" }
        if findings.isComplete { return Figures.count(findings.findings.count, "known finding") }
        let uncovered = "\(Figures.count(findings.uncovered.count, "package")) not covered"
        return findings.findings.isEmpty
            ? "unknown: \(uncovered)" : "\(Figures.count(findings.findings.count, "finding")), \(uncovered)"
    }
}
