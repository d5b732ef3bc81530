// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// A tag or a digest, as the last part of a manifest's URL.
enum ManifestReference: Hashable, CustomStringConvertible {
    case tag(ImageReference.Tag)
    case digest(Digest)

    var description: String {
        switch self {
        case .tag(let tag): tag.name
        case .digest(let digest): digest.description
        }
    }

    init(_ text: String) throws(RegistryFailure) {
        if text.contains(":") {
            do throws(Digest.ParseError) { self = .digest(try Digest(text)) } catch {
                throw .invalidDigest(error)
            }
        } else {
            do throws(ImageReference.ParseError) { self = .tag(try ImageReference.Tag(text)) } catch {
                throw RegistryFailure(400, .manifestInvalid, "\(error)")
            }
        }
    }
}

/// What a URL points at (distribution-spec, "Endpoints"); everything in it is checked.
enum Route: Equatable {
    typealias Repository = ImageReference.Repository

    case root
    case catalog
    case blob(Repository, Digest)
    case uploads(Repository)
    case upload(Repository, id: String)
    case manifest(Repository, ManifestReference)
    case tags(Repository)
    case referrers(Repository, Digest)

    /// Longest path that is looked at: a name of 255 bytes, a digest and the words between.
    private static let longestPath = 1024

    /// Reads the path of a request, without its query.
    init(path: Substring) throws(RegistryFailure) {
        guard path.utf8.count <= Self.longestPath, path.hasPrefix("/v2") else { throw Self.notFound(path) }
        var parts: [String] = []
        for part in path.dropFirst(3).split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let decoded = PercentEncoding.decode(part) else { throw Self.notFound(path) }
            parts.append(decoded)
        }
        // `/v2` and `/v2/`, where what follows `/v2` must begin with a slash.
        guard path.count == 3 || path.dropFirst(3).hasPrefix("/") else { throw Self.notFound(path) }
        if parts.isEmpty || parts == [""] {
            self = .root
        } else if parts == ["_catalog"] {
            self = .catalog
        } else {
            self = try Self.inRepository(parts, path)
        }
    }

    /// Words stand before what they name, so a repository may itself be called `blobs` or `tags/list`.
    private static func inRepository(_ parts: [String], _ path: Substring) throws(RegistryFailure) -> Route {
        func name(dropping count: Int) throws(RegistryFailure) -> Repository {
            try repository(parts.dropLast(count).joined(separator: "/"))
        }
        let last = parts[parts.count - 1]
        let word = parts.count >= 3 ? parts[parts.count - 2] : ""
        let earlier = parts.count >= 4 ? parts[parts.count - 3] : ""
        switch (earlier, word, last) {
        case ("blobs", "uploads", ""): return .uploads(try name(dropping: 3))
        case ("blobs", "uploads", _): return .upload(try name(dropping: 3), id: last)
        case (_, "blobs", "uploads"): return .uploads(try name(dropping: 2))
        case (_, "blobs", _): return .blob(try name(dropping: 2), try digest(last))
        case (_, "manifests", _): return .manifest(try name(dropping: 2), try ManifestReference(last))
        case (_, "referrers", _): return .referrers(try name(dropping: 2), try digest(last))
        case (_, "tags", "list"): return .tags(try name(dropping: 2))
        default: throw notFound(path)
        }
    }

    static func repository(_ name: String) throws(RegistryFailure) -> Repository {
        do throws(ImageReference.ParseError) { return try Repository(name) } catch {
            throw RegistryFailure(400, .nameInvalid, "\(error)")
        }
    }

    static func digest(_ text: String) throws(RegistryFailure) -> Digest {
        do throws(Digest.ParseError) { return try Digest(text) } catch { throw .invalidDigest(error) }
    }

    private static func notFound(_ path: Substring) -> RegistryFailure {
        RegistryFailure(
            404, .unsupported, "there is nothing at '\(path.prefix(longestPath))'; the API begins at /v2/")
    }
}
