// SPDX-License-Identifier: Apache-2.0
import Resolving
import TestHouse
import Vocabulary

/// Definitions and snapshots from small texts, and solutions as text.
enum ResolvingHouse {
    static let file = "image.yaml"

    /// `a`, `b>=2`: a request a word, from line 10 of the definition on.
    static func definition(_ requests: String, keep: String = "", drop: String = "") -> ImageDefinition {
        var definition = ImageDefinition(name: "test", file: file, digest: ContentHasher.digest(of: requests))
        definition.contents.packages = words(requests).enumerated().compactMap { place, word in
            request(word).map { Located($0, at: SourceLocation(file: file, line: 10 + place, column: 7)) }
        }
        definition.contents.keep = names(keep, line: 30)
        definition.contents.drop = names(drop, line: 40)
        return definition
    }

    private static func words(_ text: String) -> [Substring] { text.split(separator: " ") }

    private static func names(_ text: String, line: Int) -> [Located<PackageName>] {
        words(text).enumerated().compactMap { place, word in
            PackageName(word).map {
                Located($0, at: SourceLocation(file: file, line: line + place, column: 7))
            }
        }
    }

    private static func request(_ word: Substring) -> PackageRequest? {
        for sign in ["<=", ">=", "=", "<", ">"] {
            guard let range = word.firstRange(of: sign),
                let relation = PackageRequest.Operator(rawValue: sign)
            else {
                continue
            }
            return PackageName(word[..<range.lowerBound]).map {
                PackageRequest($0, .init(relation, String(word[range.upperBound...])))
            }
        }
        return PackageName(word).map { PackageRequest($0) }
    }

    /// One repository a world, in this order.
    static func snapshots(_ worlds: [String], architecture: Architecture = .amd64) throws
        -> [RepositorySnapshot]
    {
        try worlds.enumerated().map { place, world in
            PackageWorld.snapshot(place, [(architecture, try PackageWorld.parse(world))])
        }
    }

    static func resolve(
        _ requests: String, in worlds: String..., rules: DebianRules = .none, keep: String = "",
        drop: String = ""
    ) throws -> Resolver.Resolution {
        try Resolver(debian: rules).resolution(
            of: definition(requests, keep: keep, drop: drop), snapshots: snapshots(worlds))
    }

    /// `a 1, b 2 (data)`: the packages of the lock's first architecture.
    static func text(_ resolution: Resolver.Resolution) -> String {
        resolution.lock.content.architectures[0].packages.map { package in
            "\(package.name) \(package.version)" + (package.role == .dataOnly ? " (data)" : "")
        }.joined(separator: ", ")
    }

    /// The set, or the failure's text.
    static func outcome(_ requests: String, in world: String) -> String {
        do { return text(try resolve(requests, in: world)) } catch { return "\(error)" }
    }
}

extension Resolver.Resolution {
    /// Of a family whose indexes know every digest.
    var lock: Lock {
        do { return try lock() } catch { preconditionFailure("\(error)") }
    }
}
