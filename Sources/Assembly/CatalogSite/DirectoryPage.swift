// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// `/`: every image on one table.
struct DirectoryPage {
    var catalog: Catalog

    func write() -> [UInt8] {
        PageFrame(title: "Images · Slipway", jsonTwin: "/index.json", moment: catalog.moment).write { page in
            page.element("h1", text: "Images")
            page.element("p", ["class": "lead"], text: summary)
            guard !catalog.images.isEmpty || !catalog.recipes.isEmpty else {
                page.element(
                    "p", text: "Nothing has been built yet. The factory's first round fills this page.")
                return
            }
            page.table(
                caption: "Images of this factory",
                columns: [
                    "Image", "Tags", "Platforms", "Built", "Size", "Packages", "Findings", "Last reason",
                ],
                rows: catalog.images.map(row))
            recipes(&page)
        }
    }

    private func recipes(_ page: inout HTMLWriter) {
        guard !catalog.recipes.isEmpty else { return }
        let patches = catalog.recipes.reduce(0) { $0 + ($1.summary?.delta.patches.count ?? 0) }
        page.element("section") { page in
            page.element("h2", text: "Packages")
            page.element(
                "p", ["class": "lead"],
                text:
                    "\(Figures.count(catalog.recipes.count, "recipe")) built from upstream's releases, with "
                    + Figures.count(patches, "patch", "patches"))
            page.table(
                caption: "Packages that this factory builds",
                columns: ["Recipe", "Version", "Published", "Upstream", "Patches", "Images", "Last build"],
                rows: catalog.recipes.map { recipe in
                    [
                        { $0.element("a", ["href": "/package/\(recipe.name)"], text: recipe.name) },
                        { $0.text(recipe.built?.version ?? "–") },
                        { page in
                            if let built = recipe.built {
                                page.time(built.published, now: catalog.moment)
                            } else {
                                page.text("never")
                            }
                        },
                        {
                            $0.text(
                                RecipeWording.upstream(recipe.upstream, built: recipe.built?.version)
                                    ?? "not asked yet")
                        },
                        { $0.text("\(recipe.summary?.delta.patches.count ?? 0)") },
                        { $0.text("\(recipe.images.count)") },
                        { $0.text(recipe.history.first?.outcome.sentence ?? "–") },
                    ]
                })
        }
    }

    private var summary: String {
        let day = catalog.images.count { image in
            image.current.map { catalog.moment.seconds - $0.finished.seconds < 86_400 } ?? false
        }
        return "\(Figures.count(catalog.images.count, "image")), \(day) rebuilt within a day"
    }

    private func row(_ image: Catalog.Image) -> [(inout HTMLWriter) -> Void] {
        let current = image.current
        let platform = current?.platforms.first
        return [
            { $0.element("a", ["href": "/image/\(image.name)"], text: image.name) },
            { page in
                for tag in image.tags {
                    page.element("code", ["class": "tag"], text: tag.tag)
                    if tag.held { page.element("span", ["class": "chip warn"], text: "held") }
                    page.text(" ")
                }
            },
            {
                $0.text(
                    current?.platforms.map(\.platform.architecture).joined(separator: ", ") ?? "–")
            },
            { page in
                if let current {
                    page.time(current.finished, now: catalog.moment)
                } else {
                    page.text("never")
                }
            },
            { $0.text(platform.map { Figures.megabytes($0.compressedSize) } ?? "–") },
            { $0.text(platform.map { "\($0.packages)" } ?? "–") },
            { $0.text(image.findingsText) },
            { $0.text(image.history.first.map { "\($0.cause.sentence): \($0.outcome.sentence)" } ?? "–") },
        ]
    }
}
