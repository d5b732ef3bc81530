// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

@testable import Transport

@Suite struct HostCredentialsTests {
    private static func credentials(_ environment: [String: String]) throws -> HostCredentials {
        try HostCredentials(environment: environment)
    }

    private static func sent(_ credentials: HostCredentials, _ url: String) throws -> String? {
        credentials.credential(for: try #require(HTTPAddress(url))).map { "\($0.user) \($0.password)" }
    }

    @Test(arguments: [
        ("https://apk.example.org/os", "me se:cret"), ("https://APK.example.org:8443/os", "me se:cret"),
        ("http://apk.example.org/os", nil), ("https://other.example.org/", nil),
        ("https://apk.example.org.evil.example/", nil), ("https://sub.apk.example.org/", nil),
    ])
    func goesToItsHostOverTLSAlone(url: String, expected: String?) throws {
        let credentials = try Self.credentials(["HTTP_AUTH": "basic:apk.example.org:me:se:cret"])
        #expect(try Self.sent(credentials, url) == expected)
    }

    @Test(arguments: [
        "bearer:host:a:b", "basic:host:a", "basic::a:b", "basic:*:a:hunter2", "basic:host::hunter2",
        "hunter2",
    ])
    func whatIsNotApkosFormIsRefusedWithoutRepeatingIt(text: String) {
        let error = #expect(throws: TransportError.self) { try Self.credentials(["HTTP_AUTH": text]) }
        #expect(error?.description.contains("HTTP_AUTH") == true)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func netrcInItsForms() throws {
        let scratch = try Scratch()
        try scratch.sh(
            """
            cat >netrc <<'END'
            # machine comment.example.org login no password no
            machine one.example.org login a password #b
            machine two.example.org
              login c
              password "d \\"
              account x
            machine three.example.org login e password f port 21 protocol ftp
            macdef init
            machine macro.example.org login no password no

            default login anonymous password me@example.org
            machine One.Example.Org login second password no
            machine nobody.example.org password only
            END
            chmod 600 netrc
            """)
        let credentials = try Self.credentials(["NETRC": "\(scratch.path)/netrc"])
        func sent(_ host: String) throws -> String? { try Self.sent(credentials, "https://\(host)/") }
        #expect(try sent("one.example.org") == "a #b")
        #expect(try sent("two.example.org")?.hasPrefix("c ") == true)
        #expect(try sent("three.example.org") == "e f")
        for host in ["comment", "macro", "nobody", "any"] { #expect(try sent("\(host).example.org") == nil) }
        #expect(credentials.exposedFile == nil)
    }

    @Test func netrcIsFoundAndItsModeNoticed() throws {
        let scratch = try Scratch()
        try scratch.sh("echo 'machine a.example.org login u password p' >.netrc; chmod 640 .netrc")
        let found = try Self.credentials(["HOME": scratch.path])
        #expect(try Self.sent(found, "https://a.example.org/") == "u p")
        #expect(found.exposedFile == "\(scratch.path)/.netrc")
        let both = try Self.credentials(["HOME": scratch.path, "HTTP_AUTH": "basic:a.example.org:v:q"])
        #expect(try Self.sent(both, "https://a.example.org/") == "v q")
        #expect(try Self.sent(try Self.credentials(["HOME": "/nowhere"]), "https://a.example.org/") == nil)
        #expect(throws: TransportError.self) { try Self.credentials(["NETRC": "/nowhere/netrc"]) }
        try scratch.sh("echo 'machine a.example.org login' >bad")
        let error = #expect(throws: TransportError.self) {
            try Self.credentials(["NETRC": "\(scratch.path)/bad"])
        }
        #expect(error?.description.contains("bad, line 1: 'login' has no value") == true)
    }

    @Test func redirectsToAnotherHostCarryNothing() async throws {
        let other = try ScriptedServer { _ in [.answer(200)] }
        let first = try ScriptedServer { request in
            [
                request.target == "/near"
                    ? .answer(302, ["Location: /far"]) : .answer(302, ["Location: \(other.url)/x"])
            ]
        }
        let scratch = try Scratch()
        try scratch.sh("echo 'machine 127.0.0.1 login u password p' >netrc; chmod 600 netrc")
        let configuration = try TransportConfiguration(environment: ["NETRC": "\(scratch.path)/netrc"])
        let reply = try await HTTPTransport.with(configuration) { try await $0.get(first.url + "/near") }
        #expect(reply.isSuccess && !reply.url.contains("u:"))
        #expect(first.requests.map { $0.headers["authorization"] } == ["Basic dTpw", "Basic dTpw"])
        #expect(other.requests.map { $0.headers["authorization"] } == [nil])
    }

    /// What a caller says of itself is not overwritten.
    @Test func aCallersOwnHeaderStays() async throws {
        let server = try ScriptedServer { _ in [.answer(200)] }
        let configuration = try TransportConfiguration(environment: ["HTTP_AUTH": "basic:127.0.0.1:u:p"])
        _ = try await HTTPTransport.with(configuration) {
            try await $0.get(server.url, headers: [("Authorization", "Bearer token")])
        }
        #expect(server.requests.map { $0.headers["authorization"] } == ["Bearer token"])
    }
}
