// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Vocabulary

/// One request with all that its answer must keep to.
struct Exchange {
    var method: String
    var headers: [(String, String)]
    var body: HTTPBody
    /// Bytes of the answer that are accepted.
    var limit: Int64
    /// The length that the caller knows.
    var expected: Int64?
}

extension HTTPTransport {
    /// The most that is kept of an answer that is no success.
    private static var refusalLimit: Int { 64 << 10 }

    /// Attempts, each with a sink of its own, until one ends or no more is worthwhile. The sink is nil where the answer
    /// was no success: its beginning is then the reply's body, as is everything that went into a `MemorySink`.
    func perform<Sink: ByteSink>(
        _ exchange: Exchange, _ url: String, _ open: () throws -> Sink
    ) async throws(TransportError) -> (reply: HTTPReply, sink: Sink?) {
        var plan = RetryPlan(attempts: configuration.attempts, method: exchange.method)
        while true {
            let failure: Failure
            do throws(Failure) {
                let (reply, sink) = try await attempt(exchange, url, open)
                let retryAfter = reply.headers["retry-after"].flatMap { Int($0) }
                guard
                    case .again(let delay) = plan.decide(after: .status(reply.status, retryAfter: retryAfter))
                else {
                    return (reply, sink)
                }
                try await pause(delay, url)
                continue
            } catch { failure = error }
            guard let outcome = failure.outcome, case .again(let delay) = plan.decide(after: outcome) else {
                throw failure.error(plan.attempt)
            }
            do throws(Failure) { try await pause(delay, url) } catch { throw error.error(plan.attempt) }
        }
    }

    private func pause(_ delay: Duration, _ url: String) async throws(Failure) {
        do { try await configuration.sleep(delay) } catch { throw .final(.cancelled(url: url)) }
    }

    /// A request and its redirects. Credentials stay with the origin that they were meant for; https is never left, and
    /// no stranger sends us to this machine's own addresses.
    private func attempt<Sink: ByteSink>(
        _ exchange: Exchange, _ url: String, _ open: () throws -> Sink
    ) async throws(Failure) -> (HTTPReply, Sink?) {
        guard var address = HTTPAddress(url) else { throw .final(.invalidURL(url)) }
        var headers = exchange.headers
        for _ in 0...configuration.redirectLimit {
            let response = try await execute(exchange, headers, address)
            let follows =
                [301, 302, 303, 307, 308].contains(Int(response.status.code))
                && ["GET", "HEAD"].contains(exchange.method)
            guard follows, let location = response.headers.first(name: "location") else {
                return try await receive(response, exchange, address, open)
            }
            guard let next = address.resolving(location) else {
                throw .final(
                    .refusedRedirect(from: "\(address)", to: location, reason: "it is no http or https URL"))
            }
            if address.scheme == "https" && next.scheme == "http" {
                throw .final(.refusedRedirect(from: "\(address)", to: "\(next)", reason: "it leaves https"))
            }
            if next.isLocal && !address.isLocal {
                throw .final(
                    .refusedRedirect(
                        from: "\(address)", to: "\(next)", reason: "it is an address of this machine"))
            }
            if !next.hasSameOrigin(as: address) { headers.removeAll { $0.0.lowercased() == "authorization" } }
            address = next
        }
        throw .final(.tooManyRedirects(url: url, limit: configuration.redirectLimit))
    }

    private func execute(
        _ exchange: Exchange, _ headers: [(String, String)], _ address: HTTPAddress
    ) async throws(Failure) -> HTTPClientResponse {
        var request = HTTPClientRequest(url: address.description)
        request.method = HTTPMethod(rawValue: exchange.method)
        request.headers.add(name: "User-Agent", value: configuration.userAgent)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = exchange.body.request
        do {
            return try await clients.client(for: address).execute(request, timeout: .hours(6))
        } catch { throw Failure(error, "\(address)") }
    }

    private func receive<Sink: ByteSink>(
        _ response: HTTPClientResponse, _ exchange: Exchange, _ address: HTTPAddress,
        _ open: () throws -> Sink
    ) async throws(Failure) -> (HTTPReply, Sink?) {
        let url = "\(address)"
        let announced =
            exchange.method == "HEAD"
            ? nil : response.headers.first(name: "content-length").flatMap { Int64($0) }
        func reply(_ body: [UInt8]) -> HTTPReply {
            HTTPReply(
                status: Int(response.status.code),
                headers: .init(response.headers.map { ($0.name, $0.value) }),
                body: body, url: url)
        }
        do {
            guard (200..<300).contains(response.status.code) else {
                var body: [UInt8] = []
                for try await piece in response.body {
                    body += piece.readableBytesView.prefix(Self.refusalLimit - body.count)
                    if body.count >= Self.refusalLimit { break }
                }
                return (reply(body), nil)
            }
            let limit = min(exchange.limit, exchange.expected ?? .max)
            if let announced, announced > exchange.limit {
                throw Failure.final(.tooLarge(url: url, limit: exchange.limit))
            }
            var sink = try local(url, open)
            var received: Int64 = 0
            for try await piece in response.body {
                received += Int64(piece.readableBytes)
                guard received <= limit else { throw Failure.final(.tooLarge(url: url, limit: limit)) }
                try local(url) { try piece.withUnsafeReadableBytes { try sink.write($0) } }
            }
            if let wanted = exchange.expected ?? announced, wanted != received {
                throw Failure.truncated(url: url, expected: wanted, received: received)
            }
            return (reply((sink as? MemorySink)?.bytes ?? []), sink)
        } catch { throw Failure(error, url) }
    }

    private func local<Value>(_ url: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch { throw Failure.final(.local(url: url, underlying: error)) }
    }
}

/// How one attempt failed.
private enum Failure: Error {
    case notConnected(url: String, reason: String)
    case broken(url: String, reason: String)
    case timedOut(url: String, waitingFor: String)
    case truncated(url: String, expected: Int64?, received: Int64)
    /// Another attempt would end the same.
    case final(TransportError)

    init(_ error: any Error, _ url: String) {
        switch error {
        case let failure as Failure: self = failure
        case let failure as SourceFailure: self = .final(.local(url: url, underlying: failure.underlying))
        case is CancellationError: self = .final(.cancelled(url: url))
        case let error as HTTPClientError where error == .cancelled: self = .final(.cancelled(url: url))
        case let error as HTTPClientError where error == .connectTimeout:
            self = .timedOut(url: url, waitingFor: "a connection")
        case let error as HTTPClientError where error == .readTimeout || error == .deadlineExceeded:
            self = .timedOut(url: url, waitingFor: "data")
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            self = .broken(url: url, reason: "the connection was closed")
        case is NIOConnectionError: self = .notConnected(url: url, reason: "\(error)")
        default: self = .broken(url: url, reason: "\(error)")
        }
    }

    var outcome: RetryPlan.Outcome? {
        switch self {
        case .notConnected: .notConnected
        case .broken, .timedOut, .truncated: .broken
        case .final: nil
        }
    }

    func error(_ attempts: Int) -> TransportError {
        switch self {
        case .notConnected(let url, let reason), .broken(let url, let reason):
            .unreachable(url: url, reason: reason, attempts: attempts)
        case .timedOut(let url, let waitingFor):
            .timedOut(url: url, waitingFor: waitingFor, attempts: attempts)
        case .truncated(let url, let expected, let received):
            .truncated(url: url, expected: expected, received: received, attempts: attempts)
        case .final(let error): error
        }
    }
}
