// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Storage

/// A server on loopback whose every answer a test writes, also the broken ones. One request a connection.
package final class ScriptedHTTP: Sendable {
    package struct Request: Sendable {
        package let method: String
        package let target: String
        /// Names in lower case.
        package let headers: [String: String]
        package let body: [UInt8]
    }

    package struct Reply: Sendable {
        package var status: Int
        package var headers: [String: String]
        package var body: [UInt8]
        /// The connection ends after so many bytes of the body.
        package var cut: Int?

        package init(_ status: Int, _ headers: [String: String] = [:], _ body: [UInt8] = [], cut: Int? = nil)
        {
            self.status = status
            self.headers = headers
            self.body = body
            self.cut = cut
        }
    }

    package let port: Int
    private let listener: Int32

    private init(listener: Int32, port: Int) {
        self.listener = listener
        self.port = port
    }

    /// Serves while `body` runs. `answer` runs on threads of its own and may block; nil ends the connection without a
    /// word.
    package static func serve<Value: Sendable>(
        _ answer: @escaping @Sendable (Request) throws -> Reply?,
        while body: @Sendable (Int) async throws -> Value
    ) async throws -> Value {
        let server = try listen()
        let threads = WorkerThreads(count: 8)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<threads.count {
                group.addTask { try await threads.run { server.acceptUntilClosed(answer) } }
            }
            let result: Result<Value, any Error>
            do { result = .success(try await body(server.port)) } catch { result = .failure(error) }
            // Wakes every thread that waits in accept.
            shutdown(server.listener, Int32(SHUT_RDWR))
            try await group.waitForAll()
            close(server.listener)
            return try result.get()
        }
    }

    private static func listen() throws -> ScriptedHTTP {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && Glibc.listen(listener, 64) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        guard bound else { throw RawHTTP.Failure(description: "listen: errno \(errno)") }
        return ScriptedHTTP(listener: listener, port: Int(UInt16(bigEndian: address.sin_port)))
    }

    private func acceptUntilClosed(_ answer: (Request) throws -> Reply?) {
        while true {
            let peer = accept(listener, nil, nil)
            guard peer >= 0 else { return }
            let connection = RawHTTP(adopting: peer)
            guard let request = try? connection.request(), let reply = try? answer(request) else { continue }
            try? connection.reply(reply, to: request)
        }
    }
}

extension RawHTTP {
    fileprivate func request() throws -> ScriptedHTTP.Request {
        let lines = try head()
        let words = (lines.first ?? "").split(separator: " ").map(String.init)
        guard words.count == 3 else { throw Failure(description: "no request line") }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " }) }
        }
        let count = headers["content-length"].flatMap { Int($0) } ?? 0
        return ScriptedHTTP.Request(
            method: words[0], target: words[1], headers: headers, body: try read(count))
    }

    fileprivate func reply(_ reply: ScriptedHTTP.Reply, to request: ScriptedHTTP.Request) throws {
        var fields = reply.headers
        fields["connection"] = "close"
        if fields["content-length"] == nil { fields["content-length"] = "\(reply.body.count)" }
        let lines = fields.map { "\($0.key): \($0.value)\r\n" }.joined()
        try send(Array("HTTP/1.1 \(reply.status) Scripted\r\n\(lines)\r\n".utf8))
        if request.method != "HEAD" { try send(Array(reply.body.prefix(reply.cut ?? .max))) }
    }
}
