// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// `/package/NAME`: what a recipe makes, where it comes from, what is changed in it, and why it was built each time.
struct RecipePage {
    var recipe: Catalog.Recipe
    var moment: Timestamp

    func write() -> [UInt8] {
        PageFrame(
            title: "\(recipe.name) · Slipway", jsonTwin: "/package/\(recipe.name).json", moment: moment
        ).write { page in
            page.element("h1", text: recipe.name)
            if let summary = recipe.summary, !summary.description.isEmpty {
                page.element("p", text: summary.description)
            }
            page.element("p", ["class": "lead"]) { lead(&$0) }
            packages(&page)
            origin(&page)
            patches(&page)
            ties(&page)
            history(&page)
        }
    }

    private func lead(_ page: inout HTMLWriter) {
        guard let built = recipe.built else {
            page.text("Nothing of it has been published yet.")
            return
        }
        page.text("\(built.version), published ")
        page.time(built.published, now: moment)
        if let sentence = RecipeWording.upstream(recipe.upstream, built: built.version) {
            page.text(" · \(sentence)")
        }
    }

    private func packages(_ page: inout HTMLWriter) {
        guard let built = recipe.built else { return }
        page.element("section") { page in
            page.element("h2", text: "Packages")
            page.table(
                caption: "What it makes",
                columns: ["Package", "Version", "Architecture", "Size", "Installed", "Digest"],
                rows: built.packages.map { package in
                    [
                        { $0.element("code", text: package.name.text) }, { $0.text(package.version) },
                        { $0.text(package.architecture) }, { $0.text(Figures.megabytes(package.size)) },
                        { $0.text(Figures.megabytes(package.installedSize)) },
                        { $0.element("code", ["class": "digest"], text: package.digest.description) },
                    ]
                })
        }
    }

    private func origin(_ page: inout HTMLWriter) {
        guard let summary = recipe.summary else { return }
        page.element("section") { page in
            page.element("h2", text: "Origin")
            page.element("ul") { page in
                if !summary.url.isEmpty { page.element("li", text: "project: \(summary.url)") }
                for license in summary.licenses { page.element("li", text: "licence: \(license)") }
                for source in summary.sources { page.element("li", text: "source: \(source)") }
                if let place = recipe.upstream?.place {
                    page.element("li") { page in
                        page.text("releases: \(place)")
                        if let looked = recipe.looked {
                            page.text(", looked at ")
                            page.time(looked, now: moment)
                        }
                    }
                }
            }
        }
    }

    private func patches(_ page: inout HTMLWriter) {
        guard let patches = recipe.summary?.delta.patches else { return }
        page.element("section") { page in
            page.element("h2", text: "What differs from upstream")
            guard !patches.isEmpty else {
                page.element("p", text: "Nothing: it is built as its maintainers released it.")
                return
            }
            page.table(
                caption: "Patches, the oldest first", columns: ["From", "Patch", "Subject", "Upstream"],
                rows: patches.map { patch in
                    [
                        { $0.text(patch.date ?? (patch.kind == .commit ? "–" : "undated")) },
                        { $0.element("code", text: patch.name) },
                        { $0.text(patch.subject ?? "–") },
                        { $0.text(patch.problem ?? patch.upstream ?? "it does not say") },
                    ]
                })
        }
    }

    private func ties(_ page: inout HTMLWriter) {
        page.element("section") { page in
            page.element("h2", text: "Who holds it")
            page.element("p") { page in
                page.text(recipe.images.isEmpty ? "No image holds it." : "Images: ")
                links(recipe.images, "image", on: &page)
            }
            let dependents = recipe.summary?.dependents.map(\.text) ?? []
            page.element("p") { page in
                page.text(dependents.isEmpty ? "No other recipe is built with it." : "Built with it: ")
                links(dependents, "package", on: &page)
            }
            if let inputs = recipe.built?.staticInputs, !inputs.isEmpty {
                let list = inputs.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                page.element("p", text: "Stands in its files: \(list.joined(separator: ", "))")
            }
        }
    }

    private func links(_ names: [String], _ kind: String, on page: inout HTMLWriter) {
        for (place, name) in names.enumerated() {
            if place > 0 { page.text(", ") }
            page.element("a", ["href": "/\(kind)/\(name)"], text: name)
        }
    }

    private func history(_ page: inout HTMLWriter) {
        page.element("section") { page in
            page.element("h2", text: "Why it was built")
            page.element("ol", ["class": "history"]) { page in
                for record in recipe.history { page.element("li") { entry(record, on: &$0) } }
            }
        }
    }

    private func entry(_ record: PackageBuildRecord, on page: inout HTMLWriter) {
        page.element("p") { page in
            page.time(record.finished, now: moment)
            page.text(" ")
            page.element("strong", text: record.version)
            page.text(" ")
            page.element("span", ["class": "chip \(record.outcome.rawValue)"], text: record.outcome.sentence)
            page.text(" after \(record.finished.seconds - record.started.seconds) s")
        }
        for sentence in RecipeWording.chain(record) { page.element("p", text: sentence) }
        if record.outcome == .failed {
            for line in record.message.split(separator: "\n").prefix(20) {
                page.element("p", ["class": "fine"], text: String(line))
            }
        }
        if let id = record.id, record.log != nil {
            page.element("p", ["class": "fine"]) {
                $0.element("a", ["href": "/package/\(recipe.name)/log/\(id)"], text: "log")
            }
        }
    }
}

/// What is said of recipes' builds, on pages and on the command line.
package enum RecipeWording {
    /// Why it was built, from upstream's release on.
    package static func chain(_ record: PackageBuildRecord) -> [String] {
        var sentences: [String] = []
        if let release = record.release { sentences.append(release.sentence(of: record.recipe)) }
        sentences += record.reasons.map(\.description)
        if record.outcome == .published, let release = record.release {
            let seconds = record.finished.seconds - release.seen.seconds
            sentences.append("published \(seconds) s after the release was noticed")
        }
        return sentences
    }

    /// How the recipe stands to its upstream; nil where nobody looked. The release of the last look may be built since.
    package static func upstream(_ report: UpstreamReport?, built: String?) -> String? {
        guard let report else { return nil }
        if let next = report.next, built?.hasPrefix("\(next.version)-r") == true {
            return "upstream has nothing newer"
        }
        return switch report.outcome {
        case .current: "upstream has nothing newer"
        case .taken: "upstream has \(report.next?.version ?? "another release")"
        case .byHand: "\(report.next?.version ?? "a release") waits for a person"
        case .waits: "\(report.next?.version ?? "a release") waits for its time"
        case .ignored: "releases are not looked for"
        case .nothingFound, .backwards, .failed: report.reason ?? report.outcome.rawValue
        }
    }
}

extension PackageBuildRecord.Outcome {
    package var sentence: String {
        switch self {
        case .published: "published"
        case .unchanged: "unchanged output"
        case .failed: "failed: what was published keeps serving"
        }
    }
}
