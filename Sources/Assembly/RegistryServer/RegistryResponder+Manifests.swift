// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import Storage
internal import Vocabulary

extension RegistryResponder {
    func manifest(
        _ reference: ManifestReference, in repository: Repository, wantsBody: Bool
    ) async throws -> Response {
        let found = try await workers.run { () -> (RegistryStore.StoredManifest, [UInt8])? in
            guard let manifest = try store.manifest(reference, in: repository) else { return nil }
            return (manifest, wantsBody ? try store.bytes(of: manifest) : [])
        }
        guard let (manifest, bytes) = found else {
            throw RegistryFailure.manifestUnknown(reference, repository)
        }
        let headers = Self.headers([
            "Docker-Content-Digest": "\(manifest.digest)", "Content-Type": manifest.mediaType.rawValue,
            "Content-Length": "\(manifest.size)",
        ])
        return Response(
            status: .ok, headers: headers,
            body: wantsBody ? ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)) : ResponseBody())
    }

    func putManifest(
        _ reference: ManifestReference, in repository: Repository, _ request: Request
    ) async throws -> Response {
        let bytes = try await wholeManifest(request)
        let facts = try ManifestFacts(bytes, contentType: request.headers[.contentType])
        let digest = try await workers.run { try store.put(bytes, facts, as: reference, in: repository) }
        var fields = [
            "Location": "/v2/\(repository)/manifests/\(digest)", "Docker-Content-Digest": "\(digest)",
        ]
        fields["OCI-Subject"] = facts.subject.map { "\($0.digest)" }
        return respond(.created, fields)
    }

    private func wholeManifest(_ request: Request) async throws -> [UInt8] {
        let announced = request.headers[.contentLength].flatMap { ByteRange.number($0[...]) }
        let tooLarge = RegistryFailure(
            413, .manifestInvalid, "a manifest may have at most \(ManifestFacts.sizeLimit) bytes")
        if let announced, announced > ManifestFacts.sizeLimit { throw tooLarge }
        var bytes: [UInt8] = []
        for try await piece in request.body {
            guard bytes.count + piece.readableBytes <= ManifestFacts.sizeLimit else { throw tooLarge }
            bytes.append(contentsOf: piece.readableBytesView)
        }
        if let announced, announced != bytes.count {
            throw RegistryFailure(400, .sizeInvalid, "\(bytes.count) of \(announced) bytes came")
        }
        return bytes
    }

    func deleteManifest(_ reference: ManifestReference, in repository: Repository) async throws -> Response {
        guard try await workers.run({ try store.delete(reference, in: repository) }) else {
            throw RegistryFailure.manifestUnknown(reference, repository)
        }
        return respond(.accepted)
    }
}
