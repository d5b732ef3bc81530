// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension UpstreamMonitor {
    /// The upstream versions of source packages, down from the suite's signed release; its index is read once for all.
    func answers(of names: [String], in suite: String?) async -> Answers {
        func all(_ error: FetchingError) -> Answers {
            Dictionary(
                names.map { (UpstreamPlace.aptSource($0, suite: suite), .failure(error)) },
                uniquingKeysWith: { first, _ in first })
        }
        let valid = Set(names.compactMap { PackageName($0) })
        do throws(FetchingError) {
            let place: SourceFetcher.Archive
            do { place = try archive() } catch { throw .upstream("Debian's sources", reason: "\(error)") }
            guard let wanted = suite ?? place.suite else {
                throw .upstream(
                    "Debian's sources",
                    reason: "no suite is named; the recipe's environment.contents.repositories would name one"
                )
            }
            let found = try await DebianSourceFinder(refresher: place.refresher).tarballs(
                of: valid, suite: wanted)
            var answers: Answers = [:]
            for text in names {
                guard let name = PackageName(text), let tarballs = found[name] else {
                    answers[.aptSource(text, suite: suite)] = .failure(
                        .upstream("debian:\(text)", reason: "the suite \(wanted) has no such source package"))
                    continue
                }
                answers[.aptSource(text, suite: suite)] = .success(.candidates(tarballs.map(\.candidate)))
            }
            return answers
        } catch { return all(error) }
    }
}
