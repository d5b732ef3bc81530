// SPDX-License-Identifier: Apache-2.0

/// An in-toto statement (in-toto/attestation, spec/v1/statement.md): a predicate about subjects, which are matched by
/// digest alone.
package struct Statement<Predicate: Codable & Sendable>: Sendable, Codable {
    package var type: String
    package var subject: [ResourceDescriptor]
    package var predicateType: PredicateType
    package var predicate: Predicate

    package enum CodingKeys: String, CodingKey {
        case type = "_type"
        case subject, predicateType, predicate
    }

    /// One subject; its name is always written, since some readers refuse a statement without.
    package init(about name: String, _ digest: Digest, _ predicateType: PredicateType, _ predicate: Predicate)
    {
        self.type = StatementHeader.version1
        self.subject = [ResourceDescriptor(name: name, digest: digest)]
        self.predicateType = predicateType
        self.predicate = predicate
    }

    /// The payload to sign.
    package func encode() throws -> [UInt8] { try CanonicalJSON.encode(self) }
}

/// The parts of a statement that say what it is and what it is about, whatever its predicate.
package struct StatementHeader: Sendable, Codable, Equatable {
    package static let version1 = "https://in-toto.io/Statement/v1"
    /// What `cosign attest` still writes.
    package static let version01 = "https://in-toto.io/Statement/v0.1"
    /// Subjects that are read at most.
    package static let subjectLimit = 1024

    package var type: String
    package var subject: [ResourceDescriptor]
    package var predicateType: PredicateType

    package enum CodingKeys: String, CodingKey {
        case type = "_type"
        case subject, predicateType
    }

    /// Why a verified payload is no statement.
    package enum ReadError: Error, Equatable, CustomStringConvertible {
        case unreadable(CanonicalJSON.ReadError)
        case type(String)
        case subjectCount(Int)
        case subjectWithoutDigest

        package var description: String {
            switch self {
            case .unreadable(let error): error.description
            case .type(let type): "a statement of the type '\(type)'; in-toto's v1 and v0.1 are read"
            case .subjectCount(let count):
                "a statement with \(count) subjects; between 1 and \(StatementHeader.subjectLimit) are read"
            case .subjectWithoutDigest: "a statement with a subject that has no sha256 digest"
            }
        }
    }

    /// Reads a payload whose signature was checked.
    package init(payload: [UInt8]) throws(ReadError) {
        do throws(CanonicalJSON.ReadError) {
            self = try CanonicalJSON.decode(
                from: payload, what: "the statement", limit: SigstoreBundle.sizeLimit)
        } catch { throw .unreadable(error) }
        guard type == Self.version1 || type == Self.version01 else { throw .type(String(type.prefix(100))) }
        guard (1...Self.subjectLimit).contains(subject.count) else { throw .subjectCount(subject.count) }
        guard subject.allSatisfy({ $0.sha256 != nil }) else { throw .subjectWithoutDigest }
    }

    package func isAbout(_ digest: Digest) -> Bool { subject.contains { $0.sha256 == digest } }
}

/// in-toto's ResourceDescriptor (spec/v1/resource_descriptor.md): something named, hashed, or both.
package struct ResourceDescriptor: Sendable, Hashable, Codable {
    package var name: String?
    package var uri: String?
    /// Algorithm (`sha256`) to lowercase hex.
    package var digest: [String: String]?
    package var downloadLocation: String?
    package var mediaType: String?
    package var annotations: [String: String]?

    package init(
        name: String? = nil, uri: String? = nil, digest: Digest? = nil, downloadLocation: String? = nil,
        mediaType: MediaType? = nil
    ) {
        self.name = name
        self.uri = uri
        self.digest = digest.map { [$0.algorithm.rawValue: $0.hex] }
        self.downloadLocation = downloadLocation
        self.mediaType = mediaType?.rawValue
    }

    /// Content of a known size, as an artifact beside an image is named: type, digest, size.
    package init(_ content: Descriptor) {
        self.init(digest: content.digest, mediaType: content.mediaType)
        annotations = [Self.sizeAnnotation: "\(content.size)"]
    }

    package static let sizeAnnotation = "vnd.slipway.size"

    /// The content, where type, digest and size are all there.
    package var content: Descriptor? {
        guard let sha256, let mediaType, let size = annotations?[Self.sizeAnnotation].flatMap({ Int64($0) }),
            size >= 0
        else { return nil }
        return Descriptor(mediaType: MediaType(rawValue: mediaType), digest: sha256, size: size)
    }

    package var sha256: Digest? {
        guard let hex = digest?["sha256"] else { return nil }
        return try? Digest(.sha256, hex: hex)
    }
}

/// A predicate without members, as cosign's signature statement has it.
package struct EmptyPredicate: Sendable, Codable, Equatable {
    package init() {}
}
