// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOSSL

/// One connection pool for each way to a server: directly and through each proxy.
struct Clients: Sendable {
    private let direct: HTTPClient
    private let proxied: [TransportConfiguration.Proxy: HTTPClient]
    private let configuration: TransportConfiguration

    init(_ configuration: TransportConfiguration) throws(TransportError) {
        self.configuration = configuration
        var base = HTTPClient.Configuration(redirectConfiguration: .disallow)
        base.tlsConfiguration = try Self.tls(configuration)
        base.timeout = HTTPClient.Configuration.Timeout(
            connect: .seconds(Int64(configuration.connectTimeout)),
            read: .seconds(Int64(configuration.idleTimeout)),
            write: .seconds(Int64(configuration.idleTimeout)))
        // Pipelines of HTTP/2 gain nothing for a few large bodies, and one slow reader would hold up the others.
        base.httpVersion = .http1Only
        base.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.connectionsPerHost
        base.connectionPool.idleTimeout = .seconds(20)
        // Retries are ours to decide: `RetryPlan`.
        base.connectionPool.retryConnectionEstablishment = false
        direct = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: base)
        var proxied: [TransportConfiguration.Proxy: HTTPClient] = [:]
        for proxy in [configuration.httpProxy, configuration.httpsProxy] {
            guard let proxy, proxied[proxy] == nil else { continue }
            var through = base
            through.proxy = .server(
                host: proxy.host, port: proxy.port,
                authorization: proxy.user.map { .basic(username: $0, password: proxy.password ?? "") })
            proxied[proxy] = HTTPClient(
                eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: through)
        }
        self.proxied = proxied
    }

    func client(for address: HTTPAddress) -> HTTPClient {
        configuration.proxy(for: address).flatMap { proxied[$0] } ?? direct
    }

    func shutdown() async throws {
        for client in [direct] + proxied.values { try await client.shutdown() }
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
