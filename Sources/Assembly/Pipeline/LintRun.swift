// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Storage
package import Vocabulary

/// Looks packages over by the linters: a recipe's before they are packed, and finished ones.
package struct LintRun: Sendable {
    /// What linters say of one finished package.
    package struct Facts: Sendable, Encodable {
        package struct Finding: Sendable, Encodable {
            package let linter: String
            /// Absolute in the package; nil where it is about the whole of it.
            package let path: String?
            /// One sentence with what to do.
            package let message: String
            /// No recipe that does not switch it off publishes this.
            package let refuses: Bool
        }

        package let file: String
        package let package: String
        package let findings: [Finding]
    }

    private let workshop: Workshop

    package init(_ workshop: Workshop) { self.workshop = workshop }

    /// Looks over all packages of a recipe, as its steps left them in `workspace`. Warnings are reported.
    /// - Throws: `BuildingError.refused` with everything that must not be published.
    func check(_ recipe: Recipe, in workspace: HostPath) async throws {
        let findings = try await workshop.workers.run {
            try recipe.packages.flatMap { package in
                try PackageLinter().findings(
                    in: workspace / Recipe.output / package.metadata.name.text, of: .init(package))
            }
        }
        for package in recipe.packages {
            workshop.report.report(
                LintFinding.unknown(in: package.disabledChecks, of: package.metadata.name.text))
        }
        try judge(findings)
    }

    /// Reports warnings, and throws all that refuses at once.
    func judge(_ findings: [LintFinding]) throws {
        workshop.report.report(findings.filter { !$0.refuses }.map(\.diagnostic))
        let refused = findings.filter(\.refuses)
        guard refused.isEmpty else { throw BuildingError.refused(refused) }
    }

    /// Looks over finished package files of either family.
    /// - Parameter disabled: names of linters that are not asked.
    package func check(_ files: [HostPath], disabled: [String]) async throws -> [Facts] {
        workshop.report.report(LintFinding.unknown(in: disabled, of: "--disable"))
        let scratch = try TemporaryDirectory(in: workshop.directories.temporary)
        var all: [Facts] = []
        for (number, file) in files.enumerated() {
            try Task.checkCancellation()
            let (facts, findings) = try await workshop.workers.run { [scratch] in
                let package = try PackageFiles.open(file)
                let folder = scratch.path / "\(number)"
                let facts = try package.facts()
                // Who owns them, and devices, are no matter here.
                _ = try package.extract(to: folder)
                defer { try? HostDirectory.remove(folder) }
                var subject = PackageLinter.Subject(finished: facts)
                subject.disabled = disabled
                return (facts, try PackageLinter().findings(in: folder, of: subject))
            }
            all.append(
                Facts(
                    file: file.text, package: facts.name,
                    findings: findings.map {
                        .init(
                            linter: $0.linter.name, path: $0.path?.absolute, message: $0.text,
                            refuses: $0.refuses)
                    }))
        }
        return all
    }
}
