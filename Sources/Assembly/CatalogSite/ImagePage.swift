// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// `/image/NAME`: how to get it and check it, what is in it, and why it was rebuilt each time.
struct ImagePage {
    var image: Catalog.Image
    var moment: Timestamp

    func write() -> [UInt8] {
        PageFrame(title: "\(image.name) · Slipway", jsonTwin: "/image/\(image.name).json", moment: moment)
            .write {
                page in
                page.element("h1", text: image.name)
                page.element("p", ["class": "lead"]) { page in
                    if let current = image.current {
                        page.text("Built ")
                        page.time(current.finished, now: moment)
                        if let platform = current.platforms.first {
                            page.text(
                                " · \(Figures.megabytes(platform.compressedSize)) · "
                                    + Figures.count(platform.packages, "package"))
                        }
                        page.text(" · findings: \(image.findingsText)")
                    } else {
                        page.text("Nothing has been published yet.")
                    }
                }
                obtaining(&page)
                tags(&page)
                platforms(&page)
                history(&page)
                packages(&page)
                findings(&page)
            }
    }

    private func obtaining(_ page: inout HTMLWriter) {
        guard let current = image.current, let index = image.tags.first?.digest ?? current.index else {
            return
        }
        page.element("section") { page in
            page.element("h2", text: "Pull and verify")
            let tag = image.tags.first.map { ":\($0.tag)" } ?? ""
            page.command("podman pull \(image.reference)\(tag)")
            page.command("slipway verify --key slipway.pub \(image.reference)@\(index)")
            page.command("slipway verify --rebuild --key slipway.pub \(image.reference)@\(index)")
            page.element("p", text: "With cosign, on each platform's own digest:")
            for platform in current.platforms {
                let place = "\(image.reference)@\(platform.manifest)"
                page.element("p", ["class": "fine"], text: platform.platform.description)
                page.command("cosign verify --key slipway.pub --insecure-ignore-tlog \(place)")
                page.command(
                    "cosign verify-attestation --type spdxjson --key slipway.pub --insecure-ignore-tlog \(place)"
                )
            }
        }
    }

    private func tags(_ page: inout HTMLWriter) {
        page.element("section") { page in
            page.element("h2", text: "Tags")
            page.table(
                caption: "Where each tag points", columns: ["Tag", "Digest", "Moved", "State"],
                rows: image.tags.map { tag in
                    [
                        { $0.element("code", text: tag.tag) },
                        { $0.element("code", ["class": "digest"], text: tag.digest.description) },
                        { $0.time(tag.moved, now: moment) },
                        {
                            $0.text(
                                tag.held
                                    ? "held: rebuilds do not move it until it is released"
                                    : "follows rebuilds")
                        },
                    ]
                })
        }
    }

    private func platforms(_ page: inout HTMLWriter) {
        guard let current = image.current else { return }
        page.element("section") { page in
            page.element("h2", text: "Platforms")
            page.table(
                caption: "One manifest for each platform",
                columns: ["Platform", "Manifest", "Compressed", "Unpacked", "Packages", "Files", "Tests"],
                rows: current.platforms.map { platform in
                    let report = current.tests.first { $0.manifest == platform.manifest }
                    return [
                        { $0.text(platform.platform.description) },
                        { $0.element("code", ["class": "digest"], text: platform.manifest.description) },
                        { $0.text(Figures.megabytes(platform.compressedSize)) },
                        { $0.text(Figures.megabytes(platform.uncompressedSize)) },
                        { $0.text("\(platform.packages)") },
                        { $0.text("\(platform.files)") },
                        {
                            $0.text(
                                report.map {
                                    "\($0.outcome.rawValue), \(Figures.count($0.results.count, "test"))"
                                }
                                    ?? "none")
                        },
                    ]
                })
        }
    }

    private func history(_ page: inout HTMLWriter) {
        page.element("section") { page in
            page.element("h2", text: "Why it was rebuilt")
            page.element("ol", ["class": "history"]) { page in
                for record in image.history { page.element("li") { entry(record, on: &$0) } }
            }
        }
    }

    private func entry(_ record: RebuildRecord, on page: inout HTMLWriter) {
        page.element("p") { page in
            page.time(record.finished, now: moment)
            page.text(" ")
            page.element("strong", text: record.cause.sentence)
            page.text(" ")
            page.element("span", ["class": "chip \(record.outcome.rawValue)"], text: record.outcome.sentence)
        }
        for line in record.message.split(separator: "\n") { page.element("p", text: String(line)) }
        for build in record.cause.builds ?? [] {
            page.element("ul", ["class": "chain"]) { page in
                for sentence in build.chain(to: record) { page.element("li", text: sentence) }
            }
        }
        for repository in record.cause.repositories {
            page.element("p", ["class": "fine"]) { page in
                page.text("\(repository.line): signed ")
                page.element("code", text: repository.old?.short ?? "none")
                page.text(" → ")
                page.element("code", text: repository.new.short)
            }
        }
        differences(record.cause.packages, on: &page)
    }

    /// Few are shown at once, many behind their number.
    private func differences(_ changes: [PackageChange], on page: inout HTMLWriter) {
        guard !changes.isEmpty else { return }
        func table(_ page: inout HTMLWriter) {
            page.table(
                caption: "Package differences", columns: ["Package", "Architecture", "Change"],
                rows: changes.map { change in
                    [
                        { $0.element("code", text: change.name.text) },
                        { $0.text("\(change.architecture)") },
                        { $0.text(change.sentence) },
                    ]
                })
        }
        guard changes.count > 4 else { return table(&page) }
        page.element("details") { page in
            page.element("summary", text: Figures.count(changes.count, "package difference"))
            table(&page)
        }
    }

    private func packages(_ page: inout HTMLWriter) {
        guard let lock = image.current?.lock else { return }
        page.element("section") { page in
            page.element("h2", text: "Packages")
            for architecture in lock.architectures {
                page.element("details") { page in
                    page.element(
                        "summary",
                        text:
                            "\(architecture.architecture): \(Figures.count(architecture.packages.count, "package")), "
                            + "\(architecture.dropped.count) dropped")
                    page.table(
                        caption: "Packages for \(architecture.architecture)",
                        columns: ["Package", "Version", "Source", "Role", "Here because"],
                        rows: architecture.packages.map { package in
                            [
                                { $0.element("code", text: package.name.text) }, { $0.text(package.version) },
                                { $0.text("\(package.sourceName) \(package.sourceVersion)") },
                                { $0.text(package.role.rawValue) },
                                { $0.text(reason(of: package, in: architecture)) },
                            ]
                        })
                    if !architecture.dropped.isEmpty {
                        page.table(
                            caption: "Left out on purpose", columns: ["Package", "Reason", "Wanted by"],
                            rows: architecture.dropped.map { dropped in
                                [
                                    { $0.element("code", text: dropped.name.text) },
                                    { $0.text(dropped.reason) },
                                    { $0.text(dropped.wantedBy.joined(separator: "; ")) },
                                ]
                            })
                    }
                }
            }
        }
    }

    private func reason(of package: LockedPackage, in lock: ArchitectureLock) -> String {
        guard package.requestedBy.isEmpty else { return "the definition asks for it" }
        let wanting = lock.packages.filter { $0.edges.contains { $0.to == package.name } }.map(\.name.text)
        return wanting.isEmpty
            ? "a rule of the family"
            : "needed by " + wanting.prefix(4).joined(separator: ", ")
                + (wanting.count > 4 ? " and \(wanting.count - 4) more" : "")
    }

    private func findings(_ page: inout HTMLWriter) {
        guard let findings = image.current?.findings else { return }
        page.element("section") { page in
            page.element("h2", text: "Findings")
            page.element(
                "p",
                text: "\(image.findingsText). Records: \(findings.coverage ?? "none")"
                    + (findings.completeAsOf.map { ", complete as of \($0)" } ?? ""))
            if !findings.findings.isEmpty {
                page.table(
                    caption: "Known findings",
                    columns: ["Id", "Package", "Installed", "Fixed in", "Severity"],
                    rows: findings.findings.map { finding in
                        [
                            { $0.text(finding.id) }, { $0.element("code", text: finding.package.text) },
                            { $0.text(finding.version) }, { $0.text(finding.fixedIn ?? "not fixed") },
                            { $0.text(finding.severity ?? "unknown") },
                        ]
                    })
            }
            if !findings.uncovered.isEmpty {
                page.element("details") { page in
                    page.element(
                        "summary",
                        text:
                            "\(Figures.count(findings.uncovered.count, "package")) not covered by the records"
                    )
                    page.element("ul") { page in
                        for package in findings.uncovered {
                            page.element(
                                "li", text: "\(package.package) \(package.version): \(package.reason)")
                        }
                    }
                }
            }
        }
    }
}
