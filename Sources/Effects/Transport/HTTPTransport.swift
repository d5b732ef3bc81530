// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// HTTP and HTTPS: bodies stream both ways under back-pressure, broken exchanges are repeated, redirects are followed
/// without carrying credentials to another host. `shutdown` must be called at the end.
package struct HTTPTransport: Sendable {
    let configuration: TransportConfiguration
    let clients: Clients

    /// Throws `configuration` where the certificates cannot be read.
    package init(_ configuration: TransportConfiguration = TransportConfiguration()) throws(TransportError) {
        self.configuration = configuration
        clients = try Clients(configuration)
    }

    /// Closes every connection; nothing can be asked afterwards.
    package func shutdown() async throws { try await clients.shutdown() }

    /// Opens a transport for the time of `body`.
    package static func with<Value>(
        _ configuration: TransportConfiguration = TransportConfiguration(),
        _ body: (HTTPTransport) async throws -> Value
    ) async throws -> Value {
        let transport = try HTTPTransport(configuration)
        do {
            let value = try await body(transport)
            try await transport.shutdown()
            return value
        } catch {
            try? await transport.shutdown()
            throw error
        }
    }

    /// GET of something small, as a whole. Any status comes back as a reply.
    package func get(
        _ url: String, headers: [(String, String)] = [], limit: Int = 4 << 20
    ) async throws(TransportError) -> HTTPReply {
        try await send("GET", url, headers: headers, limit: limit)
    }

    /// Any method with any body; at most `limit` bytes of the answer are accepted.
    package func send(
        _ method: String, _ url: String, headers: [(String, String)] = [], body: HTTPBody = .none,
        limit: Int = 4 << 20
    ) async throws(TransportError) -> HTTPReply {
        let exchange = Exchange(
            method: method, headers: headers, body: body, limit: Int64(limit), expected: nil)
        let (reply, sink) = try await perform(exchange, url) { MemorySink() }
        guard let sink else { return reply }
        return HTTPReply(status: reply.status, headers: reply.headers, body: sink.bytes, url: reply.url)
    }

    /// GET into a sink that is opened anew for each attempt. Where the reply is a success, the sink that is returned
    /// has seen exactly the bytes of an answer that arrived whole; of any other answer the sink has seen nothing, and
    /// its first 64 KiB are the reply's body. `expected` is the length that the caller knows, where it does: another
    /// length is a broken download and is tried again.
    package func download<Sink: ByteSink>(
        _ url: String, headers: [(String, String)] = [], limit: Int64, expected: Int64? = nil,
        into open: () throws -> Sink
    ) async throws(TransportError) -> (reply: HTTPReply, sink: Sink) {
        let exchange = Exchange(
            method: "GET", headers: headers, body: .none, limit: limit, expected: expected)
        let (reply, sink) = try await perform(exchange, url, open)
        if let sink { return (reply, sink) }
        do { return (reply, try open()) } catch { throw .local(url: reply.url, underlying: error) }
    }
}
