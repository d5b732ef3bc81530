// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import Vocabulary

/// What is asked, apart from where.
struct Exchange {
    var method: String
    var headers: [(String, String)]
    var body: HTTPBody
    /// Most bytes of an answer that are accepted.
    var limit: Int64
    /// Bytes of a good answer, where they are known.
    var expected: Int64?
    /// False once a redirect led to another host, even where one leads back: whoever sends us on must not make us
    /// prove who we are.
    var isForOriginalHost = true

    /// The same exchange after a redirect (RFC 9110, 15.4); nil where the status is no redirect.
    func redirected(_ status: Int, sameOrigin: Bool) -> Exchange? {
        var next = self
        switch status {
        case 303 where method != "HEAD", 301 where method == "POST", 302 where method == "POST":
            next.method = "GET"
            next.body = .none
            next.headers.removeAll {
                ["content-type", "content-length", "content-range"].contains($0.0.lowercased())
            }
        case 301, 302, 303, 307, 308: break
        default: return nil
        }
        if !sameOrigin {
            next.isForOriginalHost = false
            // Deliberate: what proves who we are is for the host that it was given for, and no other.
            next.headers.removeAll {
                ["authorization", "cookie", "proxy-authorization"].contains($0.0.lowercased())
            }
        }
        return next
    }

    func request(
        to address: HTTPAddress, by route: Clients.Route, _ configuration: TransportConfiguration
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: address.description)
        var headers = headers
        if case .relayed(_, let proxy) = route {
            request.url = "http://\(proxy.host):\(proxy.port)\(address.target)"
            headers.append(("Host", address.authority))
            if let authorization = proxy.authorization {
                headers.append(("Proxy-Authorization", authorization.headerValue))
            }
        }
        request.method = HTTPMethod(rawValue: method)
        request.headers = HTTPHeaders(headers)
        if !request.headers.contains(name: "user-agent") {
            request.headers.add(name: "User-Agent", value: configuration.userAgent)
        }
        if !request.headers.contains(name: "authorization") {
            if let user = address.user {
                request.setBasicAuth(username: user, password: address.password ?? "")
            } else if isForOriginalHost, let known = configuration.credentials.credential(for: address) {
                request.setBasicAuth(username: known.user, password: known.password)
            }
        }
        request.body = body.request
        return request
    }
}

/// Our own side failed while bytes arrived.
struct SinkFailure: Error {
    let underlying: any Error
}

/// How one attempt can fail beside what the libraries throw.
enum BrokenAnswer: Error {
    case short(expected: Int64, received: Int64)
    case tooLarge
    case redirects
    case refused(from: String, to: String, reason: String)
}

extension HTTPTransport {
    /// The exchange with all its attempts.
    func perform<Sink: ByteSink>(
        _ exchange: Exchange, _ url: String, _ open: () throws -> Sink
    ) async throws(TransportError) -> (reply: HTTPReply, sink: Sink?) {
        guard let address = HTTPAddress(url) else { throw .invalidURL(url) }
        guard !configuration.isForbidden else { throw .forbidden(url: address.description) }
        var plan = RetryPlan(attempts: configuration.attempts, method: exchange.method)
        while true {
            var progress = Progress()
            var result: (reply: HTTPReply, sink: Sink?)?
            var failure: Failure?
            do {
                let answer = try await attempt(exchange, address, &progress, open)
                if answer.reply.isSuccess { return answer }
                result = answer
            } catch {
                failure = Failure(error, progress)
            }
            let outcome =
                failure?.outcome ?? result.map { .status($0.reply.status, retryAfter: $0.reply.retryAfter) }
            var decision = RetryPlan.Decision.done
            if let outcome { decision = plan.decide(after: outcome) }
            guard case .again(let delay) = decision else {
                if let result { return result }
                throw failure?.error(
                    url: address.description, attempts: plan.attempt, limit: exchange.limit,
                    redirects: configuration.redirectLimit) ?? .cancelled(url: address.description)
            }
            do { try await configuration.sleep(delay) } catch { throw .cancelled(url: address.description) }
        }
    }

    /// How far an attempt came.
    struct Progress {
        var expected: Int64?
        var received: Int64 = 0
    }

    /// One attempt, with the redirects that it meets.
    private func attempt<Sink: ByteSink>(
        _ first: Exchange, _ start: HTTPAddress, _ progress: inout Progress, _ open: () throws -> Sink
    ) async throws -> (reply: HTTPReply, sink: Sink?) {
        var exchange = first
        var address = start
        for _ in 0...configuration.redirectLimit {
            try Task.checkCancellation()
            let route = clients.route(to: address)
            let request = exchange.request(to: address, by: route, configuration)
            let response = try await route.client.execute(request, deadline: .distantFuture)
            let status = Int(response.status.code)
            if let location = response.headers.first(name: "location"),
                let target = try redirectTarget(from: address, to: location, status),
                let next = exchange.redirected(status, sameOrigin: target.hasSameOrigin(as: address))
            {
                exchange = next
                address = target
                continue
            }
            return try await receive(response, exchange, address, &progress, open)
        }
        throw BrokenAnswer.redirects
    }

    private func redirectTarget(from address: HTTPAddress, to location: String, _ status: Int) throws
        -> HTTPAddress?
    {
        guard [301, 302, 303, 307, 308].contains(status) else { return nil }
        func refusal(_ reason: String) -> BrokenAnswer {
            .refused(from: address.description, to: location, reason: reason)
        }
        guard let target = address.resolving(location) else { throw refusal("it is no http or https URL") }
        if let objection = address.objection(toFollowing: target) { throw refusal(objection) }
        return target
    }

    private func receive<Sink: ByteSink>(
        _ response: HTTPClientResponse, _ exchange: Exchange, _ address: HTTPAddress,
        _ progress: inout Progress,
        _ open: () throws -> Sink
    ) async throws -> (reply: HTTPReply, sink: Sink?) {
        let headers = HTTPReply.Headers(response.headers.map { ($0.name, $0.value) })
        let status = Int(response.status.code)
        guard (200..<300).contains(status) else {
            let body = try await beginning(of: response.body)
            return (HTTPReply(status: status, headers: headers, body: body, url: address.description), nil)
        }
        progress.expected = exchange.method == "HEAD" ? 0 : headers["content-length"].flatMap { Int64($0) }
        if let announced = progress.expected, announced > exchange.limit { throw BrokenAnswer.tooLarge }
        var sink = try Self.locally { try open() }
        for try await piece in response.body {
            progress.received += Int64(piece.readableBytes)
            guard progress.received <= exchange.limit else { throw BrokenAnswer.tooLarge }
            try Self.locally { try piece.withUnsafeReadableBytes { try sink.write($0) } }
        }
        if let expected = exchange.expected ?? progress.expected, expected != progress.received {
            throw BrokenAnswer.short(expected: expected, received: progress.received)
        }
        return (HTTPReply(status: status, headers: headers, body: [], url: address.description), sink)
    }

    /// The first 64 KiB of an answer that is no success; how it goes on, and whether it ends well, is of no interest.
    private func beginning(of body: HTTPClientResponse.Body) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await piece in body {
                bytes.append(contentsOf: piece.readableBytesView)
                if bytes.count >= 64 << 10 { break }
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {}
        return Array(bytes.prefix(64 << 10))
    }

    private static func locally<Value>(_ body: () throws -> Value) throws(SinkFailure) -> Value {
        do { return try body() } catch { throw SinkFailure(underlying: error) }
    }
}

extension HTTPReply {
    /// Seconds; the form with a date is not read and the usual waiting time taken.
    var retryAfter: Int? { headers["retry-after"].flatMap { Int($0) } }
}
