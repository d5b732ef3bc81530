// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

extension RecipeCommand {
    struct Lint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look finished packages over, whoever made them.",
            discussion: """
                What 'slipway recipe build' looks for before it packs, in package files of either family. Exit code 2 where
                something is found that no recipe would publish; warnings alone are exit code 0.

                EXAMPLES
                  slipway recipe lint packages/x86_64/*.apk
                  slipway recipe lint hello_1.0-1_amd64.deb --disable maninfo --disable usrmerge --json
                """)

        @Argument(help: "Package files.", completion: .file(extensions: ["apk", "deb"]))
        var packages: [String]

        @Option(help: "A linter that is not asked; may be given several times.")
        var disable: [String] = []

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = Session(common)
            let (files, disabled) = (packages.map { HostPath($0) }, disable)
            try await session.run { workshop in
                let facts = try await LintRun(workshop).check(files, disabled: disabled)
                try session.show(facts) { facts.flatMap(Self.lines) }
                return facts.allSatisfy { $0.findings.allSatisfy { !$0.refuses } } ? .success : .refused
            }
        }

        private static func lines(_ facts: LintRun.Facts) -> [String] {
            guard !facts.findings.isEmpty else { return ["\(facts.file): nothing was found"] }
            return ["\(facts.file): \(Figures.count(facts.findings.count, "finding"))"]
                + facts.findings.map {
                    "  \($0.refuses ? "refused" : "warning"): \($0.message) [\($0.linter)]"
                }
        }
    }
}
