// SPDX-License-Identifier: Apache-2.0

internal import Pipeline
internal import Records
internal import Vocabulary

extension PackageRound {
    /// Asks upstream about every recipe whose turn it is, and prepares those that have a release to take: their text for it
    /// is worked out and its sources are pinned, and nothing is written until it was built and tried.
    ///
    /// What was never published is built as it is written first: then there is something that works to go back to.
    func lookUpstream(_ bench: inout PackageBench) async throws -> [Result] {
        let now = workshop.now()
        let due = bench.names.filter { name in
            guard let item = bench.items[name], item.row.built != nil else { return false }
            return item.row.looked.map { now.seconds - $0.seconds >= Int64(packages.upstreamInterval) }
                ?? true
        }
        let reports = try await UpstreamRun(workshop).sweep(due.compactMap { bench.items[$0]?.written.file })
        for (name, report) in zip(due, reports) {
            guard var row = bench.items[name]?.row else { continue }
            (row.report, row.looked) = (report, now)
            try bench.store(row, of: name)
        }
        var results = try await lookAtInputs(of: due, &bench)
        for name in bench.names {
            guard let item = bench.items[name], let report = item.row.report, report.outcome == .taken,
                let next = report.next, report.version == item.written.file.recipe.version,
                // What failed before is fetched again when its turn comes, and not in every round.
                item.row.failed.isEmpty || due.contains(name)
            else { continue }
            do {
                bench.items[name]?.candidate = try await candidate(of: item.written.file, next.version)
                bench.items[name]?.release = next
            } catch {
                try RoundStop.rethrow(error)
                results.append(
                    Result(
                        recipe: name.text, decision: "\(next.version) is out and cannot be taken: \(error)",
                        isUndecided: true))
            }
        }
        bench.dropCandidatesThatFailed()
        return results
    }

    /// What stands in programs that are linked statically may have a newer version where it comes from.
    func lookAtInputs(of names: [PackageName], _ bench: inout PackageBench) async throws -> [Result] {
        var results: [Result] = []
        for name in names {
            guard let item = bench.items[name], let held = item.row.built?.staticInputs, !held.isEmpty else {
                continue
            }
            do {
                let versions = try await RecipeBuildRun(workshop, log: log).versions(
                    of: item.written.file, order)
                guard var row = bench.items[name]?.row else { continue }
                row.inputs = versions.filter { held[$0.key] != nil }
                try bench.store(row, of: name)
            } catch {
                try RoundStop.rethrow(error)
                results.append(
                    Result(
                        recipe: name.text, decision: "its build root cannot be resolved: \(error)",
                        isUndecided: true))
            }
        }
        return results
    }

    /// The recipe's text for another release.
    private func candidate(of file: RecipeFile, _ version: String) async throws -> PackageBench.Reading {
        let (candidate, text) = try await bumping.candidate(file.path, to: version)
        return try PackageBench.Reading(candidate, text: text)
    }

    var bumping: RecipeBumpRun {
        RecipeBumpRun(workshop, pipelines: packages.pipelines.map { plan.place($0) })
    }
}

extension PackageBench {
    /// A release that was tried and failed stays held; the recipe itself goes on as it is written.
    mutating func dropCandidatesThatFailed() {
        for name in names where items[name]?.candidate != nil {
            guard let attempt = attempt(of: name), items[name]?.row.failed.contains(attempt) ?? false
            else { continue }
            items[name]?.candidate = nil
            items[name]?.release = nil
        }
    }
}
