// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// `/`: every image on one table.
struct DirectoryPage {
    var catalog: Catalog

    func write() -> [UInt8] {
        PageFrame(title: "Images · Slipway", jsonTwin: "/index.json", moment: catalog.moment).write { page in
            page.element("h1", text: "Images")
            page.element("p", ["class": "lead"], text: summary)
            guard !catalog.images.isEmpty else {
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
