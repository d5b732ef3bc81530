// SPDX-License-Identifier: Apache-2.0

internal import Distribution
internal import Vocabulary

/// What a step says when it is done.
enum Wording {
    static func snapshots(_ snapshots: [RepositorySnapshot]) -> String {
        let packages = snapshots.reduce(0) { $0 + $1.indexes.reduce(0) { $0 + $1.packages.count } }
        return "\(packages) packages offered"
    }

    static func lock(_ lock: Lock) -> String {
        lock.content.architectures.map { architecture in
            "\(architecture.architecture) \(Figures.count(architecture.packages.count, "package"))"
                + (architecture.dropped.isEmpty ? "" : ", \(architecture.dropped.count) dropped")
        }.joined(separator: "; ")
    }

    static func image(_ image: ComposedImage) -> String {
        image.platforms.map { platform in
            "\(platform.architecture) \(Figures.count(platform.fileCount, "file"))"
        }.joined(separator: "; ")
    }

    static func report(_ report: TestReport) -> String {
        switch report.outcome {
        case .passed: "\(Figures.count(report.results.count, "test")) passed"
        case .failed: "\(report.results.count { $0.outcome == .failed }) of \(report.results.count) failed"
        case .notRun: report.results.isEmpty ? "no tests" : "not run"
        }
    }

    static func summary(_ summary: TransferSummary) -> String {
        "\(Figures.count(summary.moved, "blob")) sent, \(summary.present) there already, \(Figures.count(summary.manifests, "manifest"))"
    }
}
