// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension AlpineTranslator: CandidateWording {
    func name(of candidate: Int) -> PackageName { pool.package(of: candidate).name }

    func version(of candidate: Int) -> String? { pool.package(of: candidate).version.text }

    func subject(of relation: String) -> String {
        String(relation.drop { $0 == "!" }.prefix { !"<>=~@".contains($0) })
    }

    func offers(for relation: String) -> [String] {
        let name = subject(of: relation)
        var found: [String] = []
        for offer in pool.offers(of: name).joined() {
            let package = pool.package(of: offer.candidate)
            let text =
                package.name.text == name
                ? "\(name) \(package.version)"
                : "\(package.name) \(package.version) (as \(name) "
                    + "\(offer.version.map(\.text) ?? "without a version"))"
            if !found.contains(text) { found.append(text) }
        }
        for origin in pool.closed {
            guard let tag = origin.tag else { continue }
            found += origin.index.records(named: name).map { "\(name) \($0.version) (tagged @\(tag))" }
        }
        return found
    }

    func reasonNotTaken(_ candidate: Int) -> String? {
        let name = pool.package(of: candidate).name
        let context = pool.candidates[candidate].context
        // The same package stands there for requests without a tag too.
        if context > 0, pool.package(of: candidate).isUntagged { return nil }
        guard context > 0 else {
            return "is not taken for a name that it only provides, without a version and without a priority; "
                + "write \(name) under contents.packages"
        }
        let tag = pool.tags[context - 1]
        return "may come from the repositories tagged @\(tag) only for a request with that tag; "
            + "write \(name)@\(tag) under contents.packages"
    }
}
