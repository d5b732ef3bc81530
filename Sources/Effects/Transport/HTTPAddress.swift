// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Vocabulary

/// The parts of an http or https URL (RFC 3986) that matter for asking it and for following redirects.
struct HTTPAddress: Hashable, Sendable, CustomStringConvertible {
    let scheme: String
    /// Lower case; IPv6 in brackets.
    let host: String
    let port: Int
    /// Begins with a slash; with the query, without the fragment.
    let target: String
    /// `user:password` before the host, percent-decoded.
    let user: String?
    let password: String?

    init?(_ text: String) {
        let bare = text.prefix { $0 != "#" }
        guard let colon = bare.range(of: "://"), bare.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return nil
        }
        let scheme = bare[..<colon.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = bare[colon.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let target = rest[authority.endIndex...]
        let at = authority.lastIndex(of: "@")
        let hostAndPort = at.map { authority[authority.index(after: $0)...] } ?? authority
        guard let (host, port) = Self.split(hostAndPort, secure: scheme == "https") else { return nil }
        self.scheme = scheme
        self.host = host
        self.port = port
        self.target = target.hasPrefix("/") ? String(target) : "/\(target)"
        let credentials = at.map { authority[..<$0].split(separator: ":", maxSplits: 1) } ?? []
        user = credentials.first.map(PercentEncoding.decodeLeniently)
        password = credentials.count > 1 ? PercentEncoding.decodeLeniently(credentials[1]) : nil
    }

    private init(scheme: String, host: String, port: Int, target: String) {
        (self.scheme, self.host, self.port, self.target) = (scheme, host, port, target)
        (user, password) = (nil, nil)
    }

    /// Host and, unless it is the scheme's own, port.
    var authority: String { port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)" }
    private var origin: String { "\(scheme)://\(authority)" }

    /// Without credentials: fit for messages.
    var description: String { origin + target }

    /// Whether what was meant for one may be told to the other.
    func hasSameOrigin(as other: HTTPAddress) -> Bool { origin == other.origin }

    /// This machine, by literal.
    var isLoopback: Bool {
        let name = host.hasSuffix(".") ? host.dropLast() : host[...]
        if name == "localhost" || name.hasSuffix(".localhost") { return true }
        switch literal {
        case .v4(let bytes): return bytes[0] == 127
        case .v6(let bytes): return bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
        case nil: return false
        }
    }

    /// This machine or a link-local address, by literal: where a stranger must not send us.
    var isLocal: Bool {
        if isLoopback { return true }
        switch literal {
        case .v4(let bytes): return bytes[0] == 0 || bytes[0] == 169 && bytes[1] == 254
        case .v6(let bytes):
            return bytes.allSatisfy { $0 == 0 } || bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
        case nil: return false
        }
    }

    /// Why a page or an answer at this address must not lead to `target`; nil where it may.
    func objection(toFollowing target: HTTPAddress) -> String? {
        if scheme == "https", target.scheme == "http" { return "it would leave HTTPS" }
        // Deliberate: a stranger must not make us ask services of this machine or its network's metadata.
        return target.isLocal && !isLocal ? "it points into this machine or its link" : nil
    }

    private enum Literal {
        case v4([UInt8])
        case v6([UInt8])
    }

    /// The host as an address, where it is one, read as the system's resolver reads it: `127.1`, `0x7f000001` and
    /// `2130706433` are 127.0.0.1, and so is `[::ffff:127.0.0.1]`.
    private var literal: Literal? {
        var four = in_addr()
        if inet_aton(host, &four) != 0 { return .v4(withUnsafeBytes(of: &four) { Array($0) }) }
        guard host.hasPrefix("["), host.hasSuffix("]") else { return nil }
        var six = in6_addr()
        let text = host.dropFirst().dropLast().prefix { $0 != "%" }
        guard inet_pton(AF_INET6, String(text), &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &six) { Array($0) }
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? .v4(Array(bytes.suffix(4))) : .v6(bytes)
    }

    /// The address that a Location header names (RFC 3986, 5.2); nil where it is none of ours.
    func resolving(_ location: String) -> HTTPAddress? {
        if location.range(of: "://") != nil { return HTTPAddress(location) }
        if location.hasPrefix("//") { return HTTPAddress("\(scheme):\(location)") }
        guard location.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let path = target.prefix { $0 != "?" }
        let bare = location.prefix { $0 != "#" }
        let joined: String
        if bare.hasPrefix("/") {
            joined = String(bare)
        } else if bare.hasPrefix("?") || bare.isEmpty {
            joined = String(path + bare)
        } else {
            joined = String(path[...(path.lastIndex(of: "/") ?? path.startIndex)] + bare)
        }
        return HTTPAddress(scheme: scheme, host: host, port: port, target: Self.withoutDots(joined))
    }

    private static func withoutDots(_ target: String) -> String {
        let path = target.prefix { $0 != "?" }
        var kept: [Substring] = []
        let components = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, component) in components.enumerated() {
            let isLast = index == components.count - 1
            if component == ".." { _ = kept.popLast() }
            if component == "." || component == ".." {
                if isLast { kept.append("") }
            } else {
                kept.append(component)
            }
        }
        return "/" + kept.joined(separator: "/") + target[path.endIndex...]
    }

    /// `host`, `host:port`, `[v6]`, `[v6]:port`.
    static func split(_ text: some StringProtocol, secure: Bool) -> (host: String, port: Int)? {
        let standard = secure ? 443 : 80
        let text = text.lowercased()
        let end =
            text.hasPrefix("[")
            ? text.firstIndex(of: "]").map { text.index(after: $0) } : text.firstIndex(of: ":")
        let host = text[..<(end ?? text.endIndex)]
        guard !host.isEmpty, host != "[]" else { return nil }
        guard let end, end < text.endIndex else { return (String(host), standard) }
        guard text[end] == ":" else { return nil }
        let digits = text[text.index(after: end)...]
        if digits.isEmpty { return (String(host), standard) }
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            (1...65535).contains(port)
        else { return nil }
        return (String(host), port)
    }

}

extension StringProtocol {
    /// Where `needle` first stands; the standard library's search needs the Regex module.
    fileprivate func range(of needle: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}
