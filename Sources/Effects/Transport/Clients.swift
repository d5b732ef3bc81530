// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOSSL
internal import Vocabulary

/// The clients behind a transport: one for direct connections and one for each proxy.
struct Clients: Sendable {
    private let configuration: TransportConfiguration
    private let direct: HTTPClient
    private let proxied: [TransportConfiguration.Proxy: HTTPClient]

    init(_ configuration: TransportConfiguration) throws(TransportError) {
        self.configuration = configuration
        var client = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: .seconds(Int64(configuration.connectTimeout)),
                read: .seconds(Int64(configuration.idleTimeout))))
        client.httpVersion = .http1Only
        client.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.connectionsPerHost
        if let path = configuration.trustedCertificates {
            do {
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
                client.tlsConfiguration = tls
            } catch {
                throw .configuration(
                    variable: "SSL_CERT_FILE", reason: "'\(path)' holds no certificates: \(error)")
            }
        }
        direct = HTTPClient(eventLoopGroupProvider: .singleton, configuration: client)
        var proxied: [TransportConfiguration.Proxy: HTTPClient] = [:]
        for proxy in [configuration.httpProxy, configuration.httpsProxy].compactMap({ $0 })
        where proxied[proxy] == nil {
            let authorization = proxy.user.map {
                HTTPClient.Authorization.basic(username: $0, password: proxy.password ?? "")
            }
            client.proxy = .server(host: proxy.host, port: proxy.port, authorization: authorization)
            proxied[proxy] = HTTPClient(eventLoopGroupProvider: .singleton, configuration: client)
        }
        self.proxied = proxied
    }

    func client(for address: HTTPAddress) -> HTTPClient {
        configuration.proxy(for: address).flatMap { proxied[$0] } ?? direct
    }

    func shutdown() async throws {
        for client in [direct] + Array(proxied.values) { try await client.shutdown() }
    }
}
