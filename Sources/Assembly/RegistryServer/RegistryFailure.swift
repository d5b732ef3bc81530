// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// A refusal as distribution-spec ("Error Codes") words it: a status, a code that programs read, a sentence for people.
struct RegistryFailure: Error, Equatable, CustomStringConvertible {
    enum Code: String {
        case blobUnknown = "BLOB_UNKNOWN"
        case blobUploadInvalid = "BLOB_UPLOAD_INVALID"
        case blobUploadUnknown = "BLOB_UPLOAD_UNKNOWN"
        case digestInvalid = "DIGEST_INVALID"
        case manifestBlobUnknown = "MANIFEST_BLOB_UNKNOWN"
        case manifestInvalid = "MANIFEST_INVALID"
        case manifestUnknown = "MANIFEST_UNKNOWN"
        case nameInvalid = "NAME_INVALID"
        case nameUnknown = "NAME_UNKNOWN"
        case sizeInvalid = "SIZE_INVALID"
        case denied = "DENIED"
        case unsupported = "UNSUPPORTED"
        case tooManyRequests = "TOOMANYREQUESTS"
        /// Not of the specification: the registry itself failed.
        case unknown = "UNKNOWN"
    }

    let status: Int
    let code: Code
    let message: String
    /// Header fields that belong to the refusal (Range, Content-Range, Allow).
    let fields: [String: String]

    init(_ status: Int, _ code: Code, _ message: String, fields: [String: String] = [:]) {
        self.status = status
        self.code = code
        self.message = message
        self.fields = fields
    }

    var description: String { "\(status) \(code.rawValue): \(message)" }

    /// The JSON body.
    var body: [UInt8] {
        let entry: JSONValue = ["code": .string(code.rawValue), "message": .string(message)]
        return (try? CanonicalJSON.encode(["errors": JSONValue.array([entry])] as JSONValue)) ?? []
    }

    static func invalidDigest(_ error: Digest.ParseError) -> Self { Self(400, .digestInvalid, "\(error)") }

    static func blobUnknown(_ digest: Digest, _ repository: ImageReference.Repository) -> Self {
        Self(404, .blobUnknown, "\(repository) has no blob \(digest)")
    }

    static func manifestUnknown(
        _ reference: ManifestReference, _ repository: ImageReference.Repository
    ) -> Self {
        Self(404, .manifestUnknown, "\(repository) has no manifest \(reference)")
    }

    static let uploadUnknown = Self(
        404, .blobUploadUnknown,
        "no such upload: it was finished, cancelled or left alone too long; begin a new one")
}
