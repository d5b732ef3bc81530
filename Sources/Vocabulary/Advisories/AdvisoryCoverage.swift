// SPDX-License-Identifier: Apache-2.0

/// What a set of advisories claims to know about completely. Without such a claim, the absence of an advisory says
/// nothing. Kept as `coverage.json` beside the records.
package struct AdvisoryCoverage: Sendable, Hashable {
    package enum Sources: Sendable, Hashable {
        case all
        case listed(Set<PackageName>)

        package func contains(_ name: PackageName) -> Bool {
            switch self {
            case .all: true
            case .listed(let names): names.contains(name)
            }
        }
    }

    package var ecosystem: AdvisoryEcosystem
    package var sources: Sources
    package var completeAsOf: Timestamp
    /// Where the records were taken from, a phrase for people.
    package var origin: String
    /// What even the covered sources' records leave out, a sentence for people.
    package var limits: String?

    package init(
        ecosystem: AdvisoryEcosystem, sources: Sources, completeAsOf: Timestamp, origin: String,
        limits: String? = nil
    ) {
        self.ecosystem = ecosystem
        self.sources = sources
        self.completeAsOf = completeAsOf
        self.origin = origin
        self.limits = limits
    }
}

extension AdvisoryCoverage: CustomStringConvertible {
    package var description: String {
        let extent =
            switch sources {
            case .all: "all source packages"
            case .listed(let names): "\(names.count) source package\(names.count == 1 ? "" : "s")"
            }
        return "\(ecosystem), \(extent), from \(origin)"
    }
}

extension AdvisoryCoverage: Decodable {
    private enum CodingKeys: String, CodingKey {
        case ecosystem, release, sources, limits
        case completeAsOf = "complete-as-of"
        case origin = "from"
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        ecosystem = AdvisoryEcosystem(
            family: try fields.decode(String.self, forKey: .ecosystem),
            release: try fields.decodeIfPresent(String.self, forKey: .release))
        if let word = try? fields.decode(String.self, forKey: .sources) {
            guard word == "all" else {
                throw DecodingError.dataCorruptedError(
                    forKey: .sources, in: fields, debugDescription: "sources is \"all\" or a list of names")
            }
            sources = .all
        } else {
            sources = .listed(Set(try fields.decode([PackageName].self, forKey: .sources)))
        }
        completeAsOf = try fields.decode(Timestamp.self, forKey: .completeAsOf)
        origin = try fields.decode(String.self, forKey: .origin)
        limits = try fields.decodeIfPresent(String.self, forKey: .limits)
    }
}
