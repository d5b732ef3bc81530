// SPDX-License-Identifier: Apache-2.0

package import Storage
package import Vocabulary

/// Why an image could not be read from, or written to, where it is.
package enum DistributionError: Error, Equatable, CustomStringConvertible {
    /// The registry could not be spoken to.
    case unreachable(registry: String, reason: String)
    /// The registry answered, and said no; `messages` are its own words.
    case refused(what: String, status: Int, messages: String)
    case notFound(what: String)
    /// The answer is not what the specification asks for.
    case badAnswer(what: String, reason: String)
    /// The bytes are not those of the digest.
    case wrongDigest(what: String, expected: Digest, found: Digest)
    case wrongSize(what: String, expected: Int64, found: Int64)
    case tooLarge(what: String, bytes: Int64, limit: Int64)
    /// A manifest that cannot be followed: not JSON, nested too deep, too many parts.
    case badManifest(what: String, reason: String)
    /// A layout or an archive without the tag that was asked for.
    case noSuchTag(String, place: String, tags: [String])
    /// A layout or an archive with several images, none of which was named.
    case ambiguous(place: String, tags: [String])
    /// An archive that is neither an OCI layout nor one of `docker save`.
    case badArchive(path: HostPath, reason: String)
    case notAnImage(String)
    case storage(StorageError)

    package var description: String {
        switch self {
        case .unreachable(let registry, let reason):
            "the registry \(registry) cannot be used: \(reason)"
        case .refused(let what, let status, let messages):
            "\(what): the registry answered \(status)\(messages.isEmpty ? "" : ", \(messages)")"
                + (status == 401 || status == 403
                    ? "; only registries that ask for no credentials can be used" : "")
        case .notFound(let what): "\(what) is not there; check the name, the tag and the registry"
        case .badAnswer(let what, let reason): "\(what): the registry's answer cannot be used: \(reason)"
        case .wrongDigest(let what, let expected, let found):
            "\(what) has the digest \(found), not \(expected): it was damaged or replaced; nothing of it was used"
        case .wrongSize(let what, let expected, let found):
            "\(what) has \(found) bytes, not the \(expected) that its manifest says; nothing of it was used"
        case .tooLarge(let what, let bytes, let limit):
            "\(what) has \(bytes) bytes; at most \(limit) are read"
        case .badManifest(let what, let reason): "\(what) cannot be followed: \(reason)"
        case .noSuchTag(let tag, let place, let tags):
            "\(place) has no image '\(tag)'; "
                + (tags.isEmpty ? "it has no tags" : "it has \(Self.list(tags))")
        case .ambiguous(let place, let tags):
            tags.isEmpty
                ? "\(place) has no image, or several without a tag; name one by its digest: \(place)@sha256:…"
                : "\(place) has more than one image; name one: " + Self.list(tags.map { "\(place):\($0)" })
        case .badArchive(let path, let reason):
            "\(path) is neither an OCI layout nor an archive of one (oci-archive, docker save): \(reason)"
        case .notAnImage(let text):
            "'\(text)' is neither a layout directory, nor an archive, nor a reference; "
                + "write a path or HOST[:PORT]/REPOSITORY[:TAG][@DIGEST]"
        case .storage(let error): error.description
        }
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", … (\(names.count) in all)" : "")
    }

    /// Nil for an error that is neither the disk's nor one of these.
    static func translated(_ error: any Error) -> DistributionError? {
        (error as? DistributionError) ?? (error as? StorageError).map(DistributionError.storage)
    }

    /// Runs what may throw `StorageError`, and lets everything else pass.
    package static func translating<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as StorageError { throw DistributionError.storage(error) }
    }
}
