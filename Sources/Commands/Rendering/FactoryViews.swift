// SPDX-License-Identifier: Apache-2.0

internal import CatalogSite
internal import Factory
internal import Records
internal import Vocabulary

/// What a round did with one image.
struct RoundLine: Encodable {
    var image: String
    var decision: String
    var index: Digest?
    var why: String?
    var packages: [PackageChange]

    init(_ result: FactoryRound.Result) {
        image = result.image
        decision = result.decision
        index = result.record?.index
        why = result.record.map { "\($0.cause.sentence): \($0.message)" }
        packages = result.record?.cause.packages ?? []
    }

    var text: String {
        var line = "\(image): \(decision)"
        if let index { line += "  \(index)" }
        if let why { line += "\n  \(why)" }
        for change in packages.prefix(10) {
            line += "\n  \(change.architecture) \(change.name) \(change.sentence)"
        }
        if packages.count > 10 { line += "\n  and \(packages.count - 10) more" }
        return line
    }
}

/// What a round did with one recipe.
struct PackageRoundLine: Encodable {
    var recipe: String
    var decision: String
    var version: String?
    var outcome: PackageBuildRecord.Outcome?
    var seconds: Int64?
    var release: UpstreamRelease?

    init(_ result: PackageRound.Result) {
        recipe = result.recipe
        decision = result.decision
        version = result.record?.version
        outcome = result.record?.outcome
        seconds = result.record.map { $0.finished.seconds - $0.started.seconds }
        release = result.record?.release
    }

    var text: String {
        "\(recipe)\(version.map { " \($0)" } ?? ""): \(decision)"
            + (outcome == .published ? seconds.map { ", in \($0) s" } ?? "" : "")
    }
}

/// What one round did.
struct OnceView: Encodable {
    /// Nil where the factory builds none.
    var packages: [PackageRoundLine]?
    var images: [RoundLine]

    init(_ packages: [PackageRound.Result], _ images: [FactoryRound.Result]) {
        self.packages = packages.isEmpty ? nil : packages.map { PackageRoundLine($0) }
        self.images = images.map { RoundLine($0) }
    }

    var lines: [String] { (packages ?? []).map(\.text) + images.map(\.text) }
}

/// Every image of a factory with its tags.
struct FactoryView: Encodable {
    struct Image: Encodable {
        var name: String
        var tags: [PublishedTag]
        var last: RebuildRecord.Outcome?
        var finished: Timestamp?
        var why: String?
    }

    var images: [Image]

    init(_ records: FactoryRecords, now: Timestamp) throws {
        images = try records.images().map { name in
            let last = try records.rebuilds(of: name, limit: 1).first
            return Image(
                name: name, tags: try records.tags(of: name), last: last?.outcome, finished: last?.finished,
                why: last?.cause.sentence)
        }
    }

    var lines: [String] {
        guard !images.isEmpty else { return ["nothing was built yet"] }
        var table = TextTable(["IMAGE", "TAGS", "LAST", "WHEN", "WHY"])
        for image in images {
            let tags = image.tags.map { $0.tag + ($0.held ? " (held)" : "") }.joined(separator: ", ")
            table.add([
                image.name, tags, image.last?.rawValue ?? "–", image.finished?.description ?? "–",
                image.why ?? "–",
            ])
        }
        return table.lines
    }
}

/// Why an image was rebuilt: index, package, lock difference, image.
struct CauseView: Encodable {
    var image: String
    var rebuilds: [RebuildRecord]

    init(_ records: FactoryRecords, of image: String) throws {
        let known = try records.images()
        guard known.contains(image) else { throw FactoryError.unknownImage(image, known: known) }
        self.image = image
        rebuilds = try records.rebuilds(of: image, limit: 20)
    }

    var lines: [String] {
        rebuilds.flatMap { record in
            var lines = ["\(record.finished)  \(record.outcome.sentence)  \(record.index?.short ?? "")"]
            lines.append("  \(record.cause.sentence)")
            for build in record.cause.builds ?? [] { lines += build.chain(to: record).map { "  \($0)" } }
            for repository in record.cause.repositories {
                lines.append(
                    "  index    \(repository.title) \(repository.old?.short ?? "new") → \(repository.new.short)"
                )
            }
            for change in record.cause.packages.prefix(20) {
                lines.append("  package  \(change.architecture) \(change.name) \(change.sentence)")
            }
            if !record.message.isEmpty { lines.append("  \(record.message)") }
            return lines
        }
    }
}
