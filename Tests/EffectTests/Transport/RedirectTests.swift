// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

@testable import Transport

@Suite struct RedirectTests {
    private let secrets = [("Authorization", "Bearer secret"), ("Cookie", "secret"), ("Accept", "x")]

    @Test func credentialsStayWithTheirHost() async throws {
        let other = try ScriptedServer { _ in [.answer(200, [], Array("here".utf8))] }
        let target = other.url
        let first = try ScriptedServer { request in
            switch request.target {
            case "/near": [.answer(302, ["Location: far"])]
            case "/far": [.answer(307, ["Location: \(target)/x?token=1"])]
            default: [.answer(500)]
            }
        }
        let reply = try await HTTPTransport.with { try await $0.get(first.url + "/near", headers: secrets) }
        #expect(reply.text == "here" && reply.url == target + "/x?token=1")
        #expect(first.requests.map { $0.headers["authorization"] } == ["Bearer secret", "Bearer secret"])
        let received = try #require(other.requests.first)
        #expect(received.headers["authorization"] == nil && received.headers["cookie"] == nil)
        #expect(received.headers["accept"] == "x")
    }

    @Test(arguments: [
        ("POST", 303, "GET", false), ("PUT", 303, "GET", false), ("HEAD", 303, "HEAD", false),
        ("POST", 302, "GET", false), ("PUT", 302, "PUT", true), ("POST", 307, "POST", true),
        ("PUT", 308, "PUT", true), ("GET", 301, "GET", false),
    ])
    func methodsFollowTheRules(_ method: String, _ status: Int, _ then: String, _ withBody: Bool) async throws
    {
        let server = try ScriptedServer { request in
            [.answer(request.target == "/a" ? status : 204, request.target == "/a" ? ["Location: /b"] : [])]
        }
        let body: HTTPBody =
            method == "GET" || method == "HEAD" ? .none : .source(length: 3) { MemorySource([1, 2, 3]) }
        _ = try await HTTPTransport.with { try await $0.send(method, server.url + "/a", body: body) }
        let last = try #require(server.requests.last)
        #expect(last.target == "/b" && last.method == then && last.body == (withBody ? [1, 2, 3] : []))
    }

    @Test func endlessRedirectsEnd() async throws {
        let server = try ScriptedServer { _ in [.answer(302, ["Location: /again"])] }
        await #expect {
            try await HTTPTransport.with { try await $0.get(server.url) }
        } throws: { if case TransportError.tooManyRedirects(_, 8) = $0 { true } else { false } }
        #expect(server.requests.count == 9)
    }

    @Test func leavesHTTPAlone() async throws {
        let server = try ScriptedServer { _ in [.answer(302, ["Location: file:///etc/passwd"])] }
        await #expect {
            try await HTTPTransport.with { try await $0.get(server.url) }
        } throws: { if case TransportError.refusedRedirect = $0 { true } else { false } }
    }

    @Test(arguments: [
        ("http://a/b/c", "d", "http://a/b/d"), ("http://a/b/c?q", "?r", "http://a/b/c?r"),
        ("http://a/b/c", "/d?e", "http://a/d?e"), ("https://a/b", "//c:8/d", "https://c:8/d"),
        ("http://a/b/c/", "../d", "http://a/b/d"), ("http://a/b", "../../../d", "http://a/d"),
        ("http://a/b/c", "./", "http://a/b/"), ("http://a/b/c", "..", "http://a/"),
        ("http://a/b", "HTTPS://C/D#e", "https://c/D"), ("http://a:80/", "x", "http://a/x"),
        ("http://a", "https://b:443", "https://b/"), ("http://u:p@a/b", "c", "http://a/c"),
    ])
    func resolvesLocations(_ base: String, _ location: String, _ expected: String) throws {
        #expect(HTTPAddress(base)?.resolving(location)?.description == expected)
    }

    @Test(arguments: [
        "http://127.0.0.1/", "http://localhost:5000/", "http://[::1]:80/", "http://169.254.1.1/",
        "http://LOCALHOST./", "http://app.localhost/", "http://127.1/", "http://2130706433/",
        "http://0x7f.0.0.1/", "http://0/", "http://[::]/", "http://[0:0:0:0:0:0:0:1]/",
        "http://[::ffff:127.0.0.1]/", "http://[::ffff:a9fe:a9fe]/", "http://[fe90::1%25eth0]/",
    ])
    func knowsItsOwnMachine(_ url: String) throws { #expect(try #require(HTTPAddress(url)).isLocal) }

    @Test(arguments: [
        "http://deb.example.org/", "http://127.example.org/", "http://169.254.example.org/",
        "http://192.0.2.7/", "http://[2001:db8::1]/", "http://notlocalhost/",
    ])
    func knowsOthers(_ url: String) throws {
        let address = try #require(HTTPAddress(url))
        #expect(!address.isLocal && !address.isLoopback)
    }

    @Test func credentialsInAnURLBecomeAHeader() async throws {
        let server = try ScriptedServer { _ in [.answer(200)] }
        let url = "http://us%65r:p%40ss@127.0.0.1:\(server.port)/x"
        let reply = try await HTTPTransport.with { try await $0.get(url) }
        #expect(server.requests.first?.headers["authorization"] == "Basic dXNlcjpwQHNz")
        #expect(!reply.url.contains("ss@"))
    }
}
