// SPDX-License-Identifier: Apache-2.0

/// How to reach the network: timeouts, retries, proxies, certificates.
package struct TransportConfiguration: Sendable {
    /// A proxy server that is spoken to over plain HTTP.
    package struct Proxy: Sendable, Hashable {
        package var host: String
        package var port: Int
        package var user: String?
        package var password: String?

        package init(host: String, port: Int, user: String? = nil, password: String? = nil) {
            self.host = host
            self.port = port
            self.user = user
            self.password = password
        }

        /// `[http://][user:password@]host[:port][/]`; nil for what is none of that.
        package init?(_ text: String) {
            let hasScheme = zip(text.utf8, zip(text.utf8.dropFirst(), text.utf8.dropFirst(2)))
                .contains { $0 == 0x3A && $1 == (0x2F, 0x2F) }
            let address = HTTPAddress(hasScheme ? text : "http://\(text)")
            guard let address, address.scheme == "http" else { return nil }
            self.init(host: address.host, port: address.port, user: address.user, password: address.password)
        }
    }

    package var httpProxy: Proxy?
    package var httpsProxy: Proxy?
    /// Hosts that are asked directly: names with everything below them, `host:port`, or `*`. Loopback always is.
    package var noProxy: [String] = []
    /// PEM certificates (a file, or a directory of hashed names) to trust instead of the system's.
    package var trustedCertificates: String?
    /// Seconds until a connection stands.
    package var connectTimeout = 15
    /// Seconds without a byte until an exchange is given up.
    package var idleTimeout = 60
    /// How often an exchange is tried in all.
    package var attempts = 4
    package var redirectLimit = 8
    /// Refuses every exchange before anything is sent.
    package var isForbidden = false
    package var connectionsPerHost = 8
    package var userAgent = "slipway"
    /// Who we are, by host.
    var credentials = HostCredentials()
    /// How the time between attempts passes; tests hand in one that takes none.
    package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// Direct connections and the system's certificates.
    package init() {}

    /// A file with passwords that other users of this machine may read.
    package var exposedCredentialFile: String? { credentials.exposedFile }

    /// Takes http_proxy, https_proxy, all_proxy and no_proxy (either case), SSL_CERT_FILE or SSL_CERT_DIR, and the
    /// credentials in HTTP_AUTH and netrc (NETRC, else ~/.netrc) from the environment. Throws `configuration` for a
    /// proxy that is no HTTP proxy, and for credentials that cannot be read.
    package init(environment: [String: String]) throws(TransportError) {
        func value(_ name: String) -> String? {
            let text = environment[name] ?? environment[name.uppercased()]
            return text?.isEmpty == false ? text : nil
        }
        func proxy(_ name: String) throws(TransportError) -> Proxy? {
            guard let variable = value(name) != nil ? name : value("all_proxy") != nil ? "all_proxy" : nil,
                let text = value(variable)
            else { return nil }
            guard let proxy = Proxy(text) else {
                throw .configuration(variable: variable, reason: "'\(text)' is not http://HOST:PORT")
            }
            return proxy
        }
        httpProxy = try proxy("http_proxy")
        httpsProxy = try proxy("https_proxy")
        noProxy = (value("no_proxy") ?? "").split(whereSeparator: { $0 == "," || $0 == " " }).map {
            $0.lowercased()
        }
        credentials = try HostCredentials(environment: environment)
        trustedCertificates = value("SSL_CERT_FILE") ?? value("SSL_CERT_DIR")
    }

    /// The proxy to ask for an address; nil: ask it directly.
    func proxy(for address: HTTPAddress) -> Proxy? {
        if address.isLocal || noProxy.contains(where: { Self.matches($0, address) }) { return nil }
        return address.scheme == "https" ? httpsProxy : httpProxy
    }

    private static func matches(_ entry: String, _ address: HTTPAddress) -> Bool {
        if entry == "*" { return true }
        let hasPort = entry.hasSuffix(":\(address.port)")
        let name = hasPort ? String(entry.dropLast("\(address.port)".count + 1)) : entry
        let suffix = name.hasPrefix("*.") ? String(name.dropFirst()) : name
        if suffix.hasPrefix(".") {
            return address.host.hasSuffix(suffix) || address.host == suffix.dropFirst()
        }
        return address.host == suffix || address.host == "[\(suffix)]" || address.host.hasSuffix(".\(suffix)")
    }
}
