// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import Storage
internal import Vocabulary

/// Turns requests into answers: reads what is asked for, lets the store and the uploads act on worker threads, words
/// what they say.
struct RegistryResponder: HTTPResponder {
    typealias Context = BasicRequestContext
    typealias Repository = ImageReference.Repository

    let store: RegistryStore
    let uploads: Uploads
    let workers: WorkerThreads
    let logger: Logger

    func respond(to request: Request, context: Context) async throws -> Response {
        let response: Response
        do {
            response = try await answer(request)
        } catch let failure as RegistryFailure {
            response = refusal(failure)
        } catch let error as StorageError {
            logger.error("registry storage failed", metadata: ["error": "\(error)"])
            response = refusal(RegistryFailure(500, .unknown, Self.words(for: error)))
        }
        logger.debug(
            "registry request",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path)",
                "status": "\(response.status.code)",
            ])
        // An answer to HEAD has no body, refusals neither (RFC 9110, 9.3.2): who gets one takes it for the next answer
        // and gives the connection up.
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(_ request: Request) async throws -> Response {
        guard LoopbackAddress.isLoopback(authority: request.head.authority) else {
            throw RegistryFailure(403, .denied, "this registry answers to loopback names only")
        }
        let target = (request.head.path ?? "/").split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = Query(target.count == 2 ? target[1] : "")
        switch (try Route(path: target[0]), request.method) {
        case (.root, .get), (.root, .head):
            return json(["Docker-Distribution-Api-Version": "registry/2.0"], [0x7B, 0x7D])
        case (.catalog, .get): return try await catalog(query)
        case (.tags(let repository), .get): return try await tags(of: repository, query)
        case (.referrers(let repository, let subject), .get):
            return try await referrers(of: subject, in: repository, query)
        case (.blob(let repository, let digest), .get), (.blob(let repository, let digest), .head):
            return try await blob(digest, in: repository, request)
        case (.blob(let repository, let digest), .delete): return try await deleteBlob(digest, in: repository)
        case (.uploads(let repository), .post): return try await beginUpload(in: repository, query, request)
        case (.upload(let repository, let id), .get): return try uploadStatus(id, in: repository)
        case (.upload(let repository, let id), .patch):
            return try await continueUpload(id, in: repository, request)
        case (.upload(let repository, let id), .put):
            return try await finishUpload(id, in: repository, query, request)
        case (.upload(let repository, let id), .delete): return try cancelUpload(id, in: repository)
        case (.manifest(let repository, let reference), .get),
            (.manifest(let repository, let reference), .head):
            return try await manifest(reference, in: repository, wantsBody: request.method == .get)
        case (.manifest(let repository, let reference), .put):
            return try await putManifest(reference, in: repository, request)
        case (.manifest(let repository, let reference), .delete):
            return try await deleteManifest(reference, in: repository)
        case (_, let method):
            throw RegistryFailure(405, .unsupported, "\(method.rawValue.prefix(16)) is not allowed here")
        }
    }

    // MARK: - Lists

    private func catalog(_ query: Query) async throws -> Response {
        let names = try await workers.run { try store.repositoryNames() }
        let page = try NamePage(names, n: query["n"], last: query["last"])
        let document: JSONValue = ["repositories": .array(page.names.map { .string($0) })]
        return json(link(page, "/v2/_catalog"), try CanonicalJSON.encode(document))
    }

    private func tags(of repository: Repository, _ query: Query) async throws -> Response {
        guard let tags = try await workers.run({ try store.tags(of: repository) }) else {
            throw RegistryFailure(404, .nameUnknown, "there is no repository \(repository)")
        }
        let page = try NamePage(tags, n: query["n"], last: query["last"])
        let document: JSONValue = [
            "name": .string(repository.name), "tags": .array(page.names.map { .string($0) }),
        ]
        return json(link(page, "/v2/\(repository)/tags/list"), try CanonicalJSON.encode(document))
    }

    private func link(_ page: NamePage, _ path: String) -> [String: String] {
        page.next.map { ["Link": "<\(path)?\($0)>; rel=\"next\""] } ?? [:]
    }

    private func referrers(
        of subject: Digest, in repository: Repository, _ query: Query
    ) async throws -> Response {
        let found = try await workers.run { try store.referrers(of: subject, in: repository) }
        let answer = ReferrersAnswer(found, artifactType: query["artifactType"])
        return json(
            answer.isFiltered ? ["OCI-Filters-Applied": "artifactType"] : [:],
            try CanonicalJSON.encode(answer.index), type: MediaType.imageIndex.rawValue)
    }

    // MARK: - Answers

    func respond(_ status: HTTPResponse.Status, _ fields: [String: String] = [:]) -> Response {
        Response(status: status, headers: Self.headers(fields))
    }

    func json(_ fields: [String: String], _ bytes: [UInt8], type: String = "application/json") -> Response {
        var headers = Self.headers(fields)
        headers[.contentType] = type
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private func refusal(_ failure: RegistryFailure) -> Response {
        var headers = Self.headers(failure.fields)
        headers[.contentType] = "application/json"
        return Response(
            status: HTTPResponse.Status(code: failure.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: failure.body)))
    }

    static func headers(_ fields: [String: String]) -> HTTPFields {
        var headers = HTTPFields()
        for (name, value) in fields {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return headers
    }

    /// The client hears what it can act on; paths of this machine stay here.
    private static func words(for error: StorageError) -> String {
        switch error {
        case .full: "the registry's disk is full"
        case .damaged(let digest, _, _, _):
            "\(digest) was damaged on the registry's disk and is dropped; push it again"
        default: "the registry cannot use its directory; its log says why"
        }
    }
}
