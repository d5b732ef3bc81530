// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// One connection pool for each way to a server: directly, and through each proxy.
struct Clients: Sendable {
    /// How an address is reached.
    enum Route {
        /// Connections end at the server: our own, or one that a proxy tunnels (CONNECT).
        case straight(HTTPClient)
        /// A proxy is asked for plain HTTP on the server's behalf (RFC 9112, 3.2.2, absolute form). Many proxies
        /// tunnel to port 443 alone.
        case relayed(HTTPClient, TransportConfiguration.Proxy)

        var client: HTTPClient {
            switch self {
            case .straight(let client), .relayed(let client, _): client
            }
        }
    }

    private let direct: HTTPClient
    private let relay: HTTPClient?
    private let tunnel: HTTPClient?
    private let configuration: TransportConfiguration

    init(_ configuration: TransportConfiguration) throws(TransportError) {
        self.configuration = configuration
        var base = HTTPClient.Configuration(redirectConfiguration: .disallow)
        base.tlsConfiguration = try Self.tls(configuration)
        base.timeout = HTTPClient.Configuration.Timeout(
            connect: .seconds(Int64(configuration.connectTimeout)),
            read: .seconds(Int64(configuration.idleTimeout)),
            write: .seconds(Int64(configuration.idleTimeout)))
        // HTTP/2 gains nothing for a few large bodies, and one slow reader would hold up the others.
        base.httpVersion = .http1Only
        base.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.connectionsPerHost
        base.connectionPool.idleTimeout = .seconds(20)
        // Retries are ours to decide: `RetryPlan`.
        base.connectionPool.retryConnectionEstablishment = false
        func open(_ configuration: HTTPClient.Configuration) -> HTTPClient {
            HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        }
        direct = open(base)
        relay = configuration.httpProxy.map { _ in
            var relaying = base
            relaying.http1_1ConnectionDebugInitializer = AbsoluteFormHandler.install
            return open(relaying)
        }
        tunnel = configuration.httpsProxy.map { proxy in
            var tunnelling = base
            tunnelling.proxy = .server(host: proxy.host, port: proxy.port, authorization: proxy.authorization)
            return open(tunnelling)
        }
    }

    func route(to address: HTTPAddress) -> Route {
        guard let proxy = configuration.proxy(for: address) else { return .straight(direct) }
        if address.scheme == "https", let tunnel { return .straight(tunnel) }
        return relay.map { .relayed($0, proxy) } ?? .straight(direct)
    }

    func shutdown() async throws {
        for client in [direct, relay, tunnel] { try await client?.shutdown() }
    }

    private static func tls(_ configuration: TransportConfiguration) throws(TransportError)
        -> TLSConfiguration
    {
        var tls = TLSConfiguration.makeClientConfiguration()
        guard let path = configuration.trustedCertificates else { return tls }
        do {
            // A directory is handed over as such; a file is read here, so that a bad one is named at once.
            if !path.hasSuffix("/"), let certificates = try? NIOSSLCertificate.fromPEMFile(path) {
                guard !certificates.isEmpty else {
                    throw TransportError.configuration(
                        variable: "SSL_CERT_FILE", reason: "\(path) holds no certificate")
                }
                tls.trustRoots = .certificates(certificates)
            } else {
                tls.trustRoots = .file(path)
                _ = try NIOSSLContext(configuration: tls)
            }
        } catch let error as TransportError {
            throw error
        } catch {
            throw .configuration(
                variable: "SSL_CERT_FILE", reason: "\(path) holds no certificates that can be read")
        }
        return tls
    }
}

extension TransportConfiguration.Proxy {
    var authorization: HTTPClient.Authorization? {
        user.map { .basic(username: $0, password: password ?? "") }
    }
}

/// Writes the whole URL into the request line, as a proxy for plain HTTP wants it.
private final class AbsoluteFormHandler: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    @Sendable static func install(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let encoder = try pipeline.context(handlerType: HTTPRequestEncoder.self).handler
            try pipeline.addHandler(AbsoluteFormHandler(), position: .after(encoder))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data), let host = head.headers.first(name: "host")
        else {
            return context.write(data, promise: promise)
        }
        head.uri = "http://\(host)\(head.uri)"
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}
