// SPDX-License-Identifier: Apache-2.0

internal import Pipeline
internal import Vocabulary

/// What the commands about recipes print for people.
enum RecipeView {
    static func line(_ facts: RecipeFacts) -> String {
        "\(facts.file): \(facts.name) \(facts.version), \(Figures.count(facts.packages.count, "package")), "
            + "\(Figures.count(facts.steps, "step")), \(Figures.count(facts.sources.count, "source"))"
    }

    static func lines(_ facts: RecipeFacts) -> [String] {
        var lines = ["\(facts.name) \(facts.version) for \(facts.architecture)"]
        lines += facts.packages.map { package in
            "  package  \(package.name)\(package.description.isEmpty ? "" : ": \(package.description)")"
                + " (\(Figures.count(package.steps, "step")), \(Figures.count(package.tests, "test step")))"
        }
        lines += facts.sources.map { "  source   \($0)" }
        if !facts.needs.isEmpty { lines.append("  needs    \(facts.needs.joined(separator: " "))") }
        if !facts.sysroot.isEmpty { lines.append("  sysroot  \(facts.sysroot.joined(separator: " "))") }
        lines.append("  update   \(facts.update)")
        return lines
    }
}
