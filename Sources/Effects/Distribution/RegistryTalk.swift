// SPDX-License-Identifier: Apache-2.0

internal import Transport
internal import Vocabulary

/// Requests to one repository of one registry, and what its answers mean.
struct RegistryTalk: Sendable {
    /// Manifest media types that are asked for: some registries send the first that they know.
    static let accepted = [
        MediaType.imageIndex, .imageManifest, .dockerManifestList, .dockerManifest,
    ].map(\.rawValue).joined(separator: ", ")

    let transport: HTTPTransport
    let reference: ImageReference

    /// Plain HTTP is spoken to loopback registries only.
    private var origin: String {
        "\(reference.registry.isLoopback ? "http" : "https")://\(reference.registry)"
    }

    /// `.../v2/NAME/REST`
    func url(_ rest: String) -> String { "\(origin)/v2/\(reference.repository)/\(rest)" }

    /// One exchange; any status comes back.
    func ask(
        _ method: String, _ url: String, _ headers: [(String, String)] = [], body: HTTPBody = .none,
        limit: Int = 4 << 20
    ) async throws -> HTTPReply {
        do throws(TransportError) {
            return try await transport.send(method, url, headers: headers, body: body, limit: limit)
        } catch { throw Self.translated(error, reference) }
    }

    static func translated(_ error: TransportError, _ reference: ImageReference) -> any Error {
        switch error {
        case .cancelled: CancellationError()
        case .tooLarge(let url, let limit):
            DistributionError.tooLarge(what: url, bytes: limit + 1, limit: limit)
        case .local(_, let underlying as DistributionError): underlying
        case .local(_, let underlying as CancellationError): underlying
        case .local(_, let underlying):
            DistributionError.translated(underlying)
                ?? DistributionError.badAnswer(what: reference.name, reason: "\(underlying)")
        default: DistributionError.unreachable(registry: reference.registry.host, reason: "\(error)")
        }
    }

    /// The registry's no, in its own words.
    static func refusal(_ what: String, _ reply: HTTPReply) -> DistributionError {
        struct Body: Decodable {
            struct Entry: Decodable {
                var code: String?
                var message: String?
            }
            var errors: [Entry]
        }
        let body = try? CanonicalJSON.decode(Body.self, from: reply.body, what: "the answer")
        let words = (body?.errors ?? []).map { entry in
            [entry.code, entry.message].compactMap { $0 }.joined(separator: ": ")
        }
        // What a registry says ends up on a terminal.
        let printable = words.joined(separator: "; ").unicodeScalars.filter {
            $0.value >= 0x20 && $0.value != 0x7F
        }
        return .refused(
            what: what, status: reply.status,
            messages: String(String.UnicodeScalarView(printable).prefix(500)))
    }

    // MARK: - Links

    /// Where a `Location` leads: absolute or relative, its query kept. Away from this registry only over https.
    func resolve(_ location: String) throws(DistributionError) -> String {
        if location.hasPrefix("/") && !location.hasPrefix("//") { return origin + location }
        if location.hasPrefix("\(origin)/") || location.hasPrefix("https://") { return location }
        let isPlainLoopback = reference.registry.isLoopback && location.hasPrefix("http://")
        if isPlainLoopback, let host = location.dropFirst(7).split(separator: "/").first,
            ImageReference.Registry(String(host)).isLoopback
        {
            return location
        }
        throw .badAnswer(
            what: reference.name,
            reason: "it sends uploads to '\(location.prefix(200))', which is not followed")
    }

    /// The place of an upload with one more field in its query.
    static func adding(_ field: String, to url: String) -> String {
        url + (url.contains("?") ? "&" : "?") + field
    }

    /// `<URL>; rel="next"` of a list that goes on (RFC 8288), at this registry.
    func nextPage(_ reply: HTTPReply) throws(DistributionError) -> String? {
        guard let link = reply.headers["Link"], let open = link.firstIndex(of: "<"),
            let close = link.firstIndex(of: ">"), open < close, link[close...].contains("next")
        else { return nil }
        let url = try resolve(String(link[link.index(after: open)..<close]))
        guard url.hasPrefix("\(origin)/") else {
            throw .badAnswer(
                what: reference.name, reason: "its list goes on at another place, '\(url.prefix(200))'")
        }
        return url
    }
}
