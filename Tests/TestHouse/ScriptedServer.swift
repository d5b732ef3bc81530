// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// An HTTP server on loopback that says exactly what a test tells it to, right or wrong: it truncates, stalls, resets
/// and lies. One thread for each connection; everything ends with this object.
package final class ScriptedServer: Sendable {
    /// What came over the wire; header names in lower case.
    package struct Request: Sendable {
        package let method: String
        package let target: String
        package let headers: [String: String]
        package let body: [UInt8]
        /// How many requests for this target came before.
        package let earlier: Int
    }

    package enum Step: Sendable {
        case send([UInt8])
        /// Closes in an orderly way (FIN).
        case close
        /// Breaks the connection (RST).
        case reset
        /// Says nothing more until the client is gone.
        case stall

        /// Raw text, with bare line feeds made into what HTTP wants.
        package static func text(_ text: String) -> Step {
            .send(
                Array(
                    text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
                        .utf8))
        }

        /// A whole, correct answer.
        package static func answer(_ status: Int, _ headers: [String] = [], _ body: [UInt8] = []) -> Step {
            let head = ["HTTP/1.1 \(status) Status"] + headers + ["Content-Length: \(body.count)"]
            return .send(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
        }
    }

    private struct State {
        var requests: [Request] = []
        var connections: Set<Int32> = []
        var isClosed = false
    }

    package let port: Int
    private let listener: Int32
    private let shared: Shared

    private final class Shared: Sendable {
        let state = Mutex(State())
        let script: @Sendable (Request) -> [Step]
        init(_ script: @escaping @Sendable (Request) -> [Step]) { self.script = script }
    }

    /// Starts to listen; `script` is asked for each request.
    package init(_ script: @escaping @Sendable (Request) -> [Step]) throws {
        let shared = Shared(script)
        self.shared = shared
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | 0o2000000, 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard result else { throw Tool.Failure(script: "listen", status: errno, output: "") }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.start {
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0 { return }
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                let isOpen = shared.state.withLock { state in
                    if !state.isClosed { state.connections.insert(connection) }
                    return !state.isClosed
                }
                guard isOpen else {
                    close(connection)
                    return
                }
                Thread.start { Self.serve(connection, shared) }
            }
        }
    }

    deinit {
        shared.state.withLock { state in
            state.isClosed = true
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    package var url: String { "http://127.0.0.1:\(port)" }
    /// Everything that was asked so far, in order.
    package var requests: [Request] { shared.state.withLock { $0.requests } }

    // MARK: - One connection

    private static func serve(_ connection: Int32, _ shared: Shared) {
        defer {
            shared.state.withLock { _ = $0.connections.remove(connection) }
            close(connection)
        }
        var unread: [UInt8] = []
        while let request = read(connection, &unread, shared) {
            for step in shared.script(request) {
                switch step {
                case .send(let bytes): if !send(bytes, to: connection) { return }
                case .close:
                    // Also where a child of another test holds a copy of the descriptor.
                    shutdown(connection, Int32(SHUT_RDWR))
                    return
                case .reset:
                    var linger = linger(l_onoff: 1, l_linger: 0)
                    setsockopt(
                        connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
                    return
                case .stall:
                    while fill(connection, &unread) {}
                    return
                }
            }
        }
    }

    private static func read(_ connection: Int32, _ unread: inout [UInt8], _ shared: Shared) -> Request? {
        guard let head = take(through: Array("\r\n\r\n".utf8), connection, &unread) else { return nil }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
        let words = (lines.first ?? "").split(separator: " ").map(String.init)
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        }
        var body: [UInt8] = []
        if headers["expect"] != nil { _ = send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), to: connection) }
        if let length = headers["content-length"].flatMap({ Int($0) }) {
            while unread.count < length { guard fill(connection, &unread) else { return nil } }
            body = Array(unread.prefix(length))
            unread.removeFirst(length)
        }
        return shared.state.withLock { state in
            let earlier = state.requests.filter { $0.target == words[1] }.count
            let request = Request(
                method: words[0], target: words[1], headers: headers, body: body, earlier: earlier)
            state.requests.append(request)
            return request
        }
    }

    private static func take(through mark: [UInt8], _ connection: Int32, _ unread: inout [UInt8]) -> [UInt8]?
    {
        var searched = 0
        while true {
            while searched + mark.count <= unread.count {
                if unread[searched..<searched + mark.count].elementsEqual(mark) {
                    let taken = Array(unread[..<searched])
                    unread.removeFirst(searched + mark.count)
                    return taken
                }
                searched += 1
            }
            guard fill(connection, &unread) else { return nil }
        }
    }

    private static func fill(_ connection: Int32, _ unread: inout [UInt8]) -> Bool {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(connection, &piece, piece.count, 0)
        if count > 0 { unread.append(contentsOf: piece[..<count]) }
        return count > 0
    }

    private static func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map {
                    Glibc.send(connection, $0 + done, buffer.count - done, Int32(MSG_NOSIGNAL))
                }
                    ?? -1
            }
            if count <= 0 { return false }
            done += count
        }
        return true
    }
}

/// A detached thread for test servers that block.
enum Thread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    static func start(_ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(Body(run))
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, argument.toOpaque())
        pthread_detach(thread)
    }
}
