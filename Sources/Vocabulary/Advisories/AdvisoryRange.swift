// SPDX-License-Identifier: Apache-2.0

/// A range of affected versions, as events on the line of all versions (OSV schema, "affected[].ranges").
package struct AdvisoryRange: Sendable, Hashable {
    package struct Kind: RawRepresentable, Sendable, Hashable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// Versions in the order of the ecosystem.
        package static let ecosystem = Self(rawValue: "ECOSYSTEM")
    }

    package enum Event: Sendable, Hashable {
        case introduced(String)
        case fixed(String)
        case lastAffected(String)
        case limit(String)
    }

    package var kind: Kind
    package var events: [Event]

    package init(_ kind: Kind = .ecosystem, _ events: [Event]) {
        self.kind = kind
        self.events = events
    }

    /// What a range says about one version.
    package enum Verdict: Sendable, Hashable {
        case unaffected
        /// `fixedIn` is the next version after this one that has the fix, nil where none is named.
        case affected(fixedIn: String?)
        /// An event's version has no place in the ecosystem's order.
        case undecidable(String)
    }

    /// The schema's evaluation, over any order of versions. Two events at one version: `introduced` counts last, so
    /// that adjacent ranges have no gap.
    package func verdict<Version: Comparable>(
        on version: Version, parse: (String) -> Version?
    ) -> Verdict {
        guard kind == .ecosystem else { return .undecidable("a range of type \(kind.rawValue)") }
        var steps: [Step<Version>] = []
        var limits: [Version] = []
        for event in events {
            switch event {
            // "0" is the start of the line here, below versions such as 0~rc1.
            case .introduced("0"): steps.append(Step(at: nil, event: event))
            case .limit("*"): continue
            case .introduced(let text), .fixed(let text), .lastAffected(let text), .limit(let text):
                guard let place = parse(text) else { return .undecidable("the version '\(text)'") }
                if case .limit = event {
                    limits.append(place)
                } else {
                    steps.append(Step(at: place, event: event))
                }
            }
        }
        guard steps.contains(where: \.isIntroduction) else { return .undecidable("a range without a start") }
        if !limits.isEmpty, !limits.contains(where: { version < $0 }) { return .unaffected }
        steps.sort()
        guard steps.reduce(false, { $1.isAffected(version, before: $0) }) else { return .unaffected }
        let fix = steps.first { step in
            if case .fixed = step.event, let place = step.place { place > version } else { false }
        }
        if case .fixed(let text)? = fix?.event { return .affected(fixedIn: text) }
        return .affected(fixedIn: nil)
    }
}

/// An event at its place in the order.
private struct Step<Version: Comparable>: Comparable {
    /// Nil is below every version.
    let place: Version?
    let event: AdvisoryRange.Event

    init(at place: Version?, event: AdvisoryRange.Event) {
        self.place = place
        self.event = event
    }

    var isIntroduction: Bool { if case .introduced = event { true } else { false } }

    func isAffected(_ version: Version, before: Bool) -> Bool {
        switch event {
        case .introduced: place.map { version >= $0 } ?? true ? true : before
        case .fixed: place.map { version >= $0 } ?? true ? false : before
        case .lastAffected: place.map { version > $0 } ?? true ? false : before
        case .limit: before
        }
    }

    static func < (left: Self, right: Self) -> Bool {
        switch (left.place, right.place) {
        case (nil, nil): return false
        case (nil, _?): return true
        case (_?, nil): return false
        case (let one?, let other?):
            return one == other ? !left.isIntroduction && right.isIntroduction : one < other
        }
    }

    static func == (left: Self, right: Self) -> Bool {
        left.place == right.place && left.event == right.event
    }
}

extension AdvisoryRange: Decodable {
    private enum CodingKeys: String, CodingKey { case type, events }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        kind = Kind(rawValue: try fields.decode(String.self, forKey: .type))
        events = try fields.decode([Event].self, forKey: .events)
        guard !events.isEmpty, events.count <= OSVRecord.itemLimit else {
            throw DecodingError.dataCorruptedError(
                forKey: .events, in: fields,
                debugDescription: "a range has 1 to \(OSVRecord.itemLimit) events")
        }
    }
}

extension AdvisoryRange.Event: Decodable {
    private enum CodingKeys: String, CodingKey {
        case introduced, fixed, limit
        case lastAffected = "last_affected"
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let present = fields.allKeys
        guard present.count == 1, let key = present.first else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "an event has one of introduced, fixed, last_affected, limit"))
        }
        let version = try fields.decode(String.self, forKey: key)
        self =
            switch key {
            case .introduced: .introduced(version)
            case .fixed: .fixed(version)
            case .lastAffected: .lastAffected(version)
            case .limit: .limit(version)
            }
    }
}
