// SPDX-License-Identifier: Apache-2.0

/// Where the registry listens. It knows no users, so it serves this machine alone; another address cannot be spelled.
package struct LoopbackAddress: Hashable, Sendable, CustomStringConvertible {
    /// Why a text is no such address.
    package enum ParseError: Error, Equatable, CustomStringConvertible {
        case malformed(String)
        case notLoopback(String)

        package var description: String {
            switch self {
            case .malformed(let text): "'\(text)' is not HOST:PORT, as in 127.0.0.1:5000"
            case .notLoopback(let host):
                "the registry listens on loopback only (127.0.0.1, ::1 or localhost), not on '\(host)': it knows no "
                    + "users; put a proxy that does in front of it"
            }
        }
    }

    package let host: String
    /// 0 for any free port.
    package let port: Int

    package static let anyPort = LoopbackAddress(host: "127.0.0.1", port: 0)

    /// IPv4 loopback at a port; 0 for any free one.
    package init(port: UInt16) { self.init(host: "127.0.0.1", port: Int(port)) }

    private init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST:PORT`, `[::1]:PORT`.
    package init(_ text: String) throws(ParseError) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw .malformed(text)
        }
        let host = text[..<colon]
        guard let host = Self.loopback(String(host)) else { throw .notLoopback(String(host)) }
        self.init(host: host, port: Int(port))
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The host without brackets where it is a loopback name or address; `127.evil.example` is none.
    private static func loopback(_ host: String) -> String? {
        if host == "localhost" { return "127.0.0.1" }
        if host == "[::1]" { return "::1" }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4 =
            numbers.count == 4 && numbers.first == "127"
            && numbers.allSatisfy { (ByteRange.number($0) ?? 256) < 256 }
        return isIPv4 ? host : nil
    }

    /// Whether a request's Host (or :authority) is a loopback name. A page in a browser that had its own name
    /// resolve to 127.0.0.1 (DNS rebinding) sends that name.
    static func isLoopback(authority: String?) -> Bool {
        guard let authority else { return true }
        let bare: Substring
        if authority.hasSuffix("]") {
            bare = authority[...]
        } else {
            bare = authority.lastIndex(of: ":").map { authority[..<$0] } ?? authority[...]
        }
        return loopback(bare.lowercased()) != nil
    }
}
