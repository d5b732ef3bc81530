// SPDX-License-Identifier: Apache-2.0
import Synchronization
import TestHouse
import Testing
import Vocabulary

@testable import Transport

@Suite struct HTTPTransportTests {
    /// The times that would have been slept; nothing sleeps.
    private final class Pauses: Sendable {
        private let all = Mutex<[Duration]>([])
        var list: [Duration] { all.withLock { $0 } }
        func take(_ duration: Duration) { all.withLock { $0.append(duration) } }
    }

    private let pauses = Pauses()

    private func ask<Value>(
        _ change: (inout TransportConfiguration) -> Void = { _ in },
        _ body: (HTTPTransport) async throws -> Value
    ) async throws -> Value {
        var configuration = TransportConfiguration()
        let pauses = pauses
        configuration.sleep = { pauses.take($0) }
        configuration.attempts = 3
        change(&configuration)
        return try await HTTPTransport.with(configuration, body)
    }

    private func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    }

    // MARK: - Good servers

    @Test func getsSmallThings() async throws {
        let server = try ScriptedServer { _ in
            [.answer(200, ["X-Twice: a", "x-twice: b", "Content-Type: text/plain"], Array("hello".utf8))]
        }
        let reply = try await ask {
            try await $0.get(server.url + "/a?b=c#d", headers: [("Accept", "text/plain")])
        }
        #expect(reply.status == 200 && reply.text == "hello" && reply.isSuccess)
        #expect(reply.headers["content-TYPE"] == "text/plain" && reply.headers.all("X-TWICE") == ["a", "b"])
        let request = try #require(server.requests.first)
        #expect(request.target == "/a?b=c" && request.headers["accept"] == "text/plain")
        #expect(request.headers["user-agent"] == "slipway")
        #expect(server.requests.count == 1)
    }

    @Test func aRefusalIsAReply() async throws {
        let server = try ScriptedServer { _ in [.answer(404, [], Array("no such thing".utf8))] }
        let (reply, sink) = try await ask { try await $0.download(server.url, limit: 1) { MemorySink() } }
        #expect(reply.status == 404 && reply.text == "no such thing" && sink.bytes.isEmpty)
        #expect(server.requests.count == 1 && pauses.list.isEmpty)
    }

    @Test func streamsChunkedAnswersWhole() async throws {
        let body = pattern(300_000)
        let server = try ScriptedServer { _ in
            [
                .text("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n"), .text("493e0\n"), .send(body),
                .text("\n0\n\n"),
            ]
        }
        let (_, sink) = try await ask { try await $0.download(server.url, limit: 300_000) { MemorySink() } }
        #expect(sink.bytes == body)
    }

    @Test func sendsBodiesOfAnyKind() async throws {
        let body = pattern(1 << 20)
        let server = try ScriptedServer { request in
            [
                .answer(
                    request.earlier == 0 ? 503 : 201, ["Location: /there"], [UInt8(request.body.count & 0xFF)]
                )
            ]
        }
        let sources: [HTTPBody] = [
            .bytes(body), .source(length: Int64(body.count)) { MemorySource(body) },
        ]
        for (number, source) in sources.enumerated() {
            let reply = try await ask { try await $0.send("PUT", "\(server.url)/\(number)", body: source) }
            #expect(reply.status == 201 && reply.headers["location"] == "/there")
        }
        #expect(server.requests.map(\.method) == ["PUT", "PUT", "PUT", "PUT"])
        #expect(server.requests.allSatisfy { $0.body == body && $0.headers["content-length"] == "1048576" })
    }

    @Test func answersToHeadHaveNoBody() async throws {
        let server = try ScriptedServer { _ in [.text("HTTP/1.1 200 OK\nContent-Length: 5000000000\n\n")] }
        let reply = try await ask { try await $0.send("HEAD", server.url, limit: 10) }
        #expect(reply.headers["Content-Length"] == "5000000000" && reply.body.isEmpty)
    }

    // MARK: - Bad servers

    private static let head = "HTTP/1.1 200 OK\nContent-Length: 1000\n\n"

    /// What goes wrong twice and right the third time.
    @Test(arguments: [
        ("reset before the answer", [ScriptedServer.Step.reset]), ("closed before the answer", [.close]),
        ("closed in the head", [.text("HTTP/1.1 200 OK\nContent-"), .close]),
        ("cut off", [.text(head), .send([1, 2, 3]), .close]),
        ("reset in the body", [.text(head), .send([1, 2, 3]), .reset]),
        ("chunks cut off", [.text("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhel"), .close]),
        (
            "closed too early, without a length",
            [.text("HTTP/1.1 200 OK\nConnection: close\n\nshort"), .close]
        ),
        ("unavailable", [.answer(503)]), ("broken", [.answer(500)]), ("bad gateway", [.answer(502)]),
        ("too many", [.answer(429)]),
    ])
    func triesBrokenDownloadsAgain(_ accident: String, _ steps: [ScriptedServer.Step]) async throws {
        let body = pattern(1000)
        let server = try ScriptedServer { request in request.earlier < 2 ? steps : [.answer(200, [], body)] }
        let opened = Mutex(0)
        let (reply, sink) = try await ask {
            try await $0.download(server.url, limit: 1000, expected: 1000) {
                opened.withLock { $0 += 1 }
                return MemorySink()
            }
        }
        #expect(reply.status == 200 && sink.bytes == body, "\(accident)")
        #expect(server.requests.count == 3)
        #expect(pauses.list == [.milliseconds(500), .seconds(1)])
    }

    @Test func givesUpInTheEndAndSaysWhatWasMissing() async throws {
        let server = try ScriptedServer { _ in [.text(Self.head), .send([1, 2, 3]), .close] }
        await #expect {
            try await ask { try await $0.download(server.url, limit: 5000) { MemorySink() } }
        } throws: { error in
            guard case TransportError.truncated(let url, let expected, let received, 3) = error else {
                return false
            }
            return url == server.url + "/" && expected == 1000 && received == 3
        }
        #expect(server.requests.count == 3)
    }

    @Test func theLastRefusalIsTheReply() async throws {
        let server = try ScriptedServer { _ in [.answer(503, ["Retry-After: 7"], Array("busy".utf8))] }
        let reply = try await ask { try await $0.get(server.url) }
        #expect(reply.status == 503 && reply.text == "busy")
        #expect(pauses.list == [.seconds(7), .seconds(7)])
    }

    @Test func aStalledAnswerIsGivenUp() async throws {
        let server = try ScriptedServer { request in
            request.earlier == 0
                ? [.text(Self.head), .send([1]), .stall] : [.answer(200, [], Array("ok".utf8))]
        }
        let reply = try await ask({ $0.idleTimeout = 1 }) { try await $0.get(server.url) }
        #expect(reply.text == "ok" && server.requests.count == 2)
    }

    @Test func aServerThatIsNotThereIsNamed() async throws {
        let port = try SilentPort()
        defer { withExtendedLifetime(port) {} }
        let url = "http://127.0.0.1:\(port.number)/x"
        await #expect {
            try await ask { try await $0.get(url) }
        } throws: { error in
            guard case TransportError.unreachable(url, _, 3) = error else { return false }
            return "\(error)".contains("3 attempts")
        }
    }

    @Test(arguments: [true, false]) func refusesMoreThanTheLimit(_ announced: Bool) async throws {
        let server = try ScriptedServer { _ in
            announced
                ? [.text(Self.head), .send([UInt8](repeating: 1, count: 1000))]
                : [
                    .text("HTTP/1.1 200 OK\nConnection: close\n\n"),
                    .send([UInt8](repeating: 1, count: 1000)), .close,
                ]
        }
        await #expect {
            try await ask { try await $0.get(server.url, limit: 999) }
        } throws: { if case TransportError.tooLarge(_, limit: 999) = $0 { true } else { false } }
        #expect(server.requests.count == 1)
    }

    /// A PATCH that may have arrived is its owner's to repeat; one that was told to wait is not.
    @Test func repeatsAPatchOnlyWhereTheServerDidNothing() async throws {
        let server = try ScriptedServer { request in
            switch request.target {
            case "/broken": [.close]
            case "/unavailable": [.answer(503)]
            default: [.answer(request.earlier == 0 ? 429 : 202)]
            }
        }
        try await ask { transport in
            await #expect(throws: TransportError.self) {
                try await transport.send("PATCH", server.url + "/broken")
            }
            let statuses = [
                try await transport.send("PATCH", server.url + "/unavailable").status,
                try await transport.send("PATCH", server.url + "/busy").status,
            ]
            #expect(statuses == [503, 202])
        }
        #expect(server.requests.map(\.target) == ["/broken", "/unavailable", "/busy", "/busy"])
    }

    // MARK: - Our own side

    private struct Full: Error {}
    private struct FullSink: ByteSink { func write(_ bytes: UnsafeRawBufferPointer) throws { throw Full() } }
    private struct BadSource: ByteSource {
        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { throw Full() }
    }

    @Test func ourOwnFailuresAreNotRepeated() async throws {
        let server = try ScriptedServer { _ in [.answer(200, [], [1])] }
        func isOurs(_ error: any Error) -> Bool {
            if case TransportError.local(_, let underlying) = error { underlying is Full } else { false }
        }
        await #expect {
            try await ask { try await $0.download(server.url, limit: 5) { FullSink() } }
        } throws: { isOurs($0) }
        #expect(server.requests.count == 1)
        await #expect {
            try await ask { try await $0.send("PUT", server.url, body: .source(length: 5) { BadSource() }) }
        } throws: { isOurs($0) }
    }

    @Test(arguments: [4, 6]) func aSourceOfAnotherLengthIsAnError(_ length: Int) async throws {
        let server = try ScriptedServer { _ in [.answer(201)] }
        let body = HTTPBody.source(length: 5) { MemorySource([UInt8](repeating: 1, count: length)) }
        await #expect {
            try await ask { try await $0.send("PUT", server.url, body: body) }
        } throws: {
            if case TransportError.local(_, let underlying) = $0 { underlying is ShortSource } else { false }
        }
    }

    @Test func cancellationEndsTheExchange() async throws {
        let server = try ScriptedServer { _ in [.text(Self.head), .stall] }
        try await ask { transport in
            await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do {
                        _ = try await transport.get(server.url)
                        return false
                    } catch {
                        if case TransportError.cancelled = error { return true }
                        return false
                    }
                }
                while server.requests.isEmpty { await Task.yield() }
                group.cancelAll()
                #expect(await group.next() == true)
            }
        }
    }

    @Test(arguments: [
        "", "ftp://127.0.0.1/", "http://", "127.0.0.1/x", "http://a b/", "http://127.0.0.1:99999/",
    ])
    func refusesWhatIsNoURL(_ url: String) async throws {
        await #expect {
            try await ask { try await $0.get(url) }
        } throws: { if case TransportError.invalidURL(url) = $0 { true } else { false } }
    }
}
