// SPDX-License-Identifier: Apache-2.0
import Resolving
import TestHouse
import Vocabulary

extension ResolvingHouse {
    /// A definition that asks for `a`, `b>=2`, `c@edge`, `!d`: a request a word, from line 10 on.
    static func alpine(_ requests: String) -> ImageDefinition {
        var definition = ImageDefinition(name: "test", file: file, digest: ContentHasher.digest(of: requests))
        definition.contents.packages = requests.split(separator: " ").enumerated().compactMap { place, word in
            alpineRequest(word).map {
                Located($0, at: SourceLocation(file: file, line: 10 + place, column: 7))
            }
        }
        return definition
    }

    static func alpineRequest(_ word: Substring) -> PackageRequest? {
        let isExcluded = word.hasPrefix("!")
        let parts = word.drop { $0 == "!" }.split(separator: "@")
        let tag = parts.count > 1 ? String(parts[1]) : nil
        let name = parts[0].prefix { !"<>=~".contains($0) }
        let rest = parts[0].dropFirst(name.count)
        let sign = rest.prefix { "<>=~".contains($0) }
        let constraint = PackageRequest.Operator(rawValue: String(sign)).map {
            PackageRequest.Constraint($0, String(rest.dropFirst(sign.count)))
        }
        return PackageName(name).map { PackageRequest($0, constraint, tag: tag, isExcluded: isExcluded) }
    }

    /// One repository a world, in this order; one that begins with `@tag:` has that tag.
    static func alpineSnapshots(_ worlds: [String], architecture: Architecture = .amd64) throws
        -> [RepositorySnapshot]
    {
        try worlds.enumerated().map { place, world in
            let tag =
                world.hasPrefix("@") ? String(world.dropFirst().prefix { $0 != ":" }) : nil
            let text = tag.map { String(world.dropFirst($0.count + 2)) } ?? world
            return AlpineWorld.snapshot(place, tag: tag, [(architecture, try AlpineWorld.parse(text))])
        }
    }

    static func alpine(_ requests: String, in worlds: [String]) throws -> Resolver.Resolution {
        try Resolver().resolution(of: alpine(requests), snapshots: alpineSnapshots(worlds))
    }

    /// The lock with made-up digests.
    static func lock(_ resolution: Resolver.Resolution) throws -> Lock {
        try resolution.lock(pinning: AlpineWorld.pins(resolution.unpinned))
    }

    /// `a 1, b 2`, or the failure's text.
    static func alpineOutcome(_ requests: String, in worlds: [String]) -> String {
        do {
            return try lock(try alpine(requests, in: worlds)).content.architectures[0].packages
                .map { "\($0.name) \($0.version)" }.joined(separator: ", ")
        } catch { return "\(error)" }
    }
}
