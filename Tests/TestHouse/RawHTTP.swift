// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// HTTP/1.1 by hand over a loopback socket, so that tests can say what no client library would: wrong lengths, broken
/// connections, raw paths. Blocks.
package final class RawHTTP {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        package init(description: String) { self.description = description }
    }

    /// An answer; header names in lower case.
    package struct Answer: Sendable {
        package let status: Int
        package let headers: [String: String]
        package let body: [UInt8]
        /// Statuses of informational answers that came before (100).
        package let informational: [Int]

        package var text: String { String(decoding: body, as: UTF8.self) }
        package subscript(name: String) -> String? { headers[name.lowercased()] }
    }

    private let socket: Int32
    private var unread: [UInt8] = []

    /// Connects to 127.0.0.1; every read gives up after twenty seconds.
    package init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            close(socket)
            throw Failure(description: "connect to \(port): errno \(errno)")
        }
    }

    /// Takes over a connection that was accepted.
    init(adopting socket: Int32) { self.socket = socket }

    deinit { close(socket) }

    /// A port that nobody listened on a moment ago, for programs that cannot choose one themselves.
    package static func freePort() throws -> Int {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        guard bound else { throw Failure(description: "bind: errno \(errno)") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// One request on a connection of its own, which is closed afterwards.
    package static func ask(
        _ port: Int, _ method: String, _ target: String, _ headers: [String: String] = [:],
        body: [UInt8]? = nil
    ) throws -> Answer {
        try RawHTTP(port: port).ask(method, target, headers, body: body)
    }

    /// Sends a request, with Host and Content-Length where the caller names none, and reads the answer.
    package func ask(
        _ method: String, _ target: String, _ headers: [String: String] = [:], body: [UInt8]? = nil
    ) throws -> Answer {
        try sendHead(method, target, headers, bodyCount: body?.count)
        try send(body ?? [])
        return try answer(hasBody: method != "HEAD")
    }

    /// The request line and the fields.
    package func sendHead(
        _ method: String, _ target: String, _ headers: [String: String] = [:], bodyCount: Int? = nil
    ) throws {
        var fields = headers
        if fields["Host"] == nil { fields["Host"] = "127.0.0.1" }
        if let bodyCount, fields["Content-Length"] == nil, fields["Transfer-Encoding"] == nil {
            fields["Content-Length"] = "\(bodyCount)"
        }
        let lines = fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
        try send(Array("\(method) \(target) HTTP/1.1\r\n\(lines)\r\n".utf8))
    }

    /// Raw bytes.
    package func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    socket, $0.baseAddress?.advanced(by: sent), bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "send: errno \(errno)") }
            sent += count
        }
    }

    /// Reads one answer. Throws where the connection ends before it does.
    package func answer(hasBody: Bool = true) throws -> Answer {
        var informational: [Int] = []
        while true {
            let lines = try head()
            guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
            else {
                throw Failure(description: "no status line: \(lines)")
            }
            if status < 200 {
                informational.append(status)
                continue
            }
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2 {
                    headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
                }
            }
            let count = headers["content-length"].flatMap { Int($0) } ?? 0
            let body = hasBody && status != 204 && status != 304 ? try read(count) : []
            return Answer(status: status, headers: headers, body: body, informational: informational)
        }
    }

    /// Reads one informational answer, which has no body; its status.
    package func informational() throws -> Int? {
        try head().first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }

    func head() throws -> [String] {
        var bytes: [UInt8] = []
        while !bytes.ends(with: [13, 10, 13, 10]) { bytes += try read(1) }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
    }

    func read(_ count: Int) throws -> [UInt8] {
        while unread.count < count {
            var piece = [UInt8](repeating: 0, count: 256 << 10)
            let got = recv(socket, &piece, piece.count, 0)
            guard got > 0 else {
                throw Failure(
                    description: "the connection ended \(count - unread.count) bytes early (\(got))")
            }
            unread += piece[..<got]
        }
        defer { unread.removeFirst(count) }
        return Array(unread[..<count])
    }
}

extension [UInt8] {
    fileprivate func ends(with other: [UInt8]) -> Bool { suffix(other.count).elementsEqual(other) }
}
