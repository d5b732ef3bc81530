// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// What the commands about packages print for people.
enum PackageViews {
    static func packed(_ packed: RepositoryFacts.Packed) -> String {
        "packed \(packed.name) \(packed.version) (\(Figures.count(packed.entries, "entry", "entries"))) into \(packed.path)"
    }

    static func indexed(_ index: RepositoryFacts.Indexed) -> String {
        let facts =
            "\(Figures.count(index.packages, "package")), \(index.read.count) read, \(index.gone) gone"
        return index.changed ? "wrote \(index.path): \(facts)" : "\(index.path) already says it all: \(facts)"
    }

    /// Shows the facts of a package file that `body` reads.
    static func show(
        _ common: CommonOptions, _ file: String,
        _ body: @escaping @Sendable (Workshop, HostPath) async throws -> PackageFacts
    ) async throws {
        let session = Session(common)
        try await session.run { workshop in
            let facts = try await body(workshop, HostPath(file))
            try session.show(facts) { lines(facts) }
            return .success
        }
    }

    /// Shows what `body` checked; a check that says no is exit code 2.
    static func verify(
        _ common: CommonOptions, _ body: @escaping @Sendable (Workshop) async throws -> [Verdict]
    ) async throws {
        let session = Session(common)
        try await session.run { workshop in
            let verdicts = try await body(workshop)
            try session.show(verdicts) { verdicts.flatMap { VerdictView(session.terminal).lines($0) } }
            if verdicts.contains(where: { $0.outcome == .failed }) { return .refused }
            return verdicts.allSatisfy { $0.outcome == .passed } ? .success : .unchecked
        }
    }

    private static func lines(_ facts: PackageFacts) -> [String] {
        var lines = facts.fields.map { "\($0.name): \($0.value)" }
        lines.append("")
        lines.append("file: \(Figures.megabytes(facts.size)), \(facts.digest)")
        if let checksum = facts.checksum { lines.append("checksum: \(checksum)") }
        lines += facts.signatures.map { "signature, not checked: \($0)" }
        lines += facts.scripts.map { "script: \($0)" }
        lines.append("")
        var table = TextTable(["MODE", "OWNER", "SIZE", "PATH"], numeric: [2])
        for file in facts.files {
            let target = file.target.map { " -> \($0)" } ?? ""
            let attributes = file.attributes.isEmpty ? "" : " [\(file.attributes.joined(separator: ", "))]"
            table.add([
                file.mode, "\(file.uid):\(file.gid)", "\(file.size)",
                "/\(file.path)\(file.kind == "directory" ? "/" : "")\(target)\(attributes)",
            ])
        }
        return lines + table.lines
    }
}
