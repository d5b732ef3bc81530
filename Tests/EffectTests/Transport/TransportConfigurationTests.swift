// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

@testable import Transport

@Suite struct TransportConfigurationTests {
    @Test(arguments: [
        ("http://deb.example.org/", "plain"), ("https://deb.example.org/", "secure"),
        ("http://127.0.0.1:5000/", nil),
        ("http://localhost/", nil), ("http://a.internal.example/", nil), ("http://internal.example/", nil),
        ("http://xinternal.example/", "plain"), ("http://b.dotted.example/", nil),
        ("http://with-port.example:81/", nil), ("http://with-port.example/", "plain"),
        ("http://10.1.2.3/", nil),
        ("http://[fd00::1]/", nil),
    ])
    func choosesTheProxy(_ url: String, _ expected: String?) throws {
        let configuration = try TransportConfiguration(environment: [
            "http_proxy": "http://plain:3128", "HTTPS_PROXY": "secure:8080",
            "no_proxy": "internal.example, .dotted.example,with-port.example:81 10.1.2.3,fd00::1",
        ])
        #expect(configuration.proxy(for: try #require(HTTPAddress(url)))?.host == expected)
    }

    @Test func readsProxiesInAllForms() throws {
        func proxy(_ text: String) throws -> TransportConfiguration.Proxy? {
            try TransportConfiguration(environment: ["all_proxy": text]).httpsProxy
        }
        #expect(
            try proxy("http://user:p%40ss@proxy:1/")
                == .init(host: "proxy", port: 1, user: "user", password: "p@ss"))
        #expect(try proxy("proxy") == .init(host: "proxy", port: 80))
        #expect(try proxy("") == nil)
        #expect(throws: TransportError.self) { try proxy("socks5://proxy:1080") }
        #expect(
            try TransportConfiguration(environment: ["http_proxy": "a", "no_proxy": "*"]).proxy(
                for: #require(HTTPAddress("http://x/"))) == nil)
    }

    @Test func asksThroughTheProxy() async throws {
        let proxy = try ScriptedServer { _ in [.answer(200, [], Array("from the proxy".utf8))] }
        let configuration = try TransportConfiguration(environment: [
            "http_proxy": "http://user:pass@127.0.0.1:\(proxy.port)"
        ])
        let reply = try await HTTPTransport.with(configuration) {
            try await $0.get("http://deb.example.org/a")
        }
        #expect(reply.text == "from the proxy")
        let request = try #require(proxy.requests.first)
        #expect(request.target == "http://deb.example.org/a")
        #expect(request.headers["proxy-authorization"] == "Basic dXNlcjpwYXNz")
    }

    @Test func tunnelsTLSThroughTheProxy() async throws {
        let proxy = try ScriptedServer { _ in [.answer(403)] }
        var configuration = try TransportConfiguration(environment: [
            "https_proxy": "http://user:pass@127.0.0.1:\(proxy.port)"
        ])
        configuration.sleep = { _ in }
        await #expect {
            try await HTTPTransport.with(configuration) { try await $0.get("https://deb.example.org/a") }
        } throws: {
            if case TransportError.unreachable(_, let reason, 1) = $0 {
                reason.contains("proxy")
            } else {
                false
            }
        }
        let request = try #require(proxy.requests.first)
        #expect(request.method == "CONNECT" && request.target == "deb.example.org:443")
        #expect(request.headers["proxy-authorization"] == "Basic dXNlcjpwYXNz")
    }

    @Test(arguments: ["/nowhere/ca.pem", "SCRATCH/empty.pem", "SCRATCH/text.pem"])
    func badCertificatesAreNamed(_ path: String) throws {
        let scratch = try Scratch()
        try scratch.sh(": > empty.pem; echo text > text.pem")
        let file = path.hasPrefix("SCRATCH") ? scratch.path + path.dropFirst("SCRATCH".count) : path
        let configuration = try TransportConfiguration(environment: ["SSL_CERT_FILE": file])
        #expect {
            try HTTPTransport(configuration)
        } throws: {
            if case TransportError.configuration("SSL_CERT_FILE", let reason) = $0 {
                reason.contains(file)
            } else {
                false
            }
        }
    }
}
