// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// What is asked for a recipe, and the judgement of what was answered.
package struct UpstreamQuestion: Sendable {
    package let recipe: PackageName
    package let version: String
    package let rule: UpdateRule?
    /// Nil where nothing says where, or nobody looks.
    package let place: UpstreamPlace?

    package init(_ recipe: Recipe) {
        self.recipe = recipe.name
        version = recipe.version
        rule = recipe.update
        place = recipe.update?.isEnabled == true ? UpstreamPlace(recipe) : nil
    }

    package init(recipe: PackageName, version: String, rule: UpdateRule?, place: UpstreamPlace?) {
        self.recipe = recipe
        self.version = version
        self.rule = rule
        self.place = place
    }

    /// Releases that are passed over are named up to this number.
    static let passedOverLimit = 50
    /// Seconds after which it is said that a place has had nothing, or nothing new.
    static let patience = (nothing: Int64(7 * 86_400), nothingNew: Int64(400 * 86_400))

    /// The report where nobody was asked.
    package var ignored: UpstreamReport {
        let reason =
            switch rule {
            case nil: "the recipe has no 'update'"
            case .some(let rule) where !rule.isEnabled: rule.excludeReason ?? "'update' is not enabled"
            case .some: "nothing says where its releases are"
            }
        return UpstreamReport(recipe: recipe, version: version, outcome: .ignored, reason: reason)
    }

    /// The report where the place did not answer; what is remembered stays.
    package func failed(_ reason: String) -> UpstreamReport {
        var report = UpstreamReport(recipe: recipe, version: version, outcome: .failed, reason: reason)
        report.place = place?.words
        return report
    }

    /// What an answer means for the recipe, and what to remember of it.
    /// - Parameters:
    ///   - memory: of the last look; nil for the first.
    ///   - now: the time of the answer.
    package func report(
        on answer: UpstreamAnswer, memory: UpstreamMemory?, now: Timestamp
    ) -> (report: UpstreamReport, memory: UpstreamMemory) {
        guard let rule, let place else { return (ignored, memory ?? UpstreamMemory(version: version)) }
        guard let mine = RecipeVersion(version) else {
            return (failed("'\(version)' is no version"), memory ?? UpstreamMemory(version: version))
        }
        let sieve: VersionSieve
        let candidates: [UpstreamCandidate]
        do throws(UpstreamAnswer.Unusable) {
            do throws(TextPattern.Malformed) { sieve = try VersionSieve(rule) } catch {
                throw UpstreamAnswer.Unusable(reason: error.reason)
            }
            candidates = try answer.candidates(for: rule)
        } catch {
            return (failed(error.reason), memory ?? UpstreamMemory(version: version))
        }
        var look = UpstreamLook(
            question: self, mine: mine, place: place.words, time: now, rule: rule,
            memory: memory ?? UpstreamMemory(version: version))
        look.sift(candidates, through: sieve)
        // With its own version among them, none that came after it is missing.
        if case .newest = answer, !look.reachesBack {
            return (
                failed(
                    "\(place.words) has more releases than are read, and \(mine) is not among the newest "
                        + "\(candidates.count): look whether its tags say more (use-tag), or bump the recipe by hand"
                ),
                memory ?? UpstreamMemory(version: version)
            )
        }
        return look.finish()
    }
}
