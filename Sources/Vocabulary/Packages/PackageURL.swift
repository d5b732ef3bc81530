// SPDX-License-Identifier: Apache-2.0

/// A package URL (purl specification, ECMA-427): `pkg:deb/debian/curl@8.14.1-2?arch=amd64&distro=debian-13`.
package struct PackageURL: Hashable, Sendable, CustomStringConvertible {
    package var type: String
    package var namespace: String?
    package var name: String
    package var version: String?
    /// Keys in lower case; an empty value counts as absent.
    package var qualifiers: [String: String]

    package init(
        type: String, namespace: String? = nil, name: String, version: String? = nil,
        qualifiers: [String: String] = [:]
    ) {
        self.type = type.lowercased()
        self.namespace = namespace
        self.name = name
        self.version = version
        self.qualifiers = qualifiers.filter { !$0.value.isEmpty }
    }

    /// Qualifiers in the order of their keys.
    package var description: String {
        var text = "pkg:\(type)/"
        if let namespace {
            text += namespace.split(separator: "/").map { Self.encode($0) }.joined(separator: "/") + "/"
        }
        text += Self.encode(name)
        if let version { text += "@" + Self.encode(version) }
        if !qualifiers.isEmpty {
            text +=
                "?"
                + qualifiers.sorted { $0.key < $1.key }.map {
                    "\($0.key)=\(Self.encode($0.value, sparing: 0x2F))"
                }
                .joined(separator: "&")
        }
        return text
    }

    /// Nil for what is no package URL; a subpath (`#…`) is read over.
    package init?(_ text: some StringProtocol) {
        var rest = Substring(text)
        guard rest.lowercased().hasPrefix("pkg:") else { return nil }
        rest = rest.dropFirst(4).drop { $0 == "/" }
        if let hash = rest.firstIndex(of: "#") { rest = rest[..<hash] }
        var qualifiers: [String: String] = [:]
        if let mark = rest.lastIndex(of: "?") {
            for pair in rest[rest.index(after: mark)...].split(separator: "&") {
                guard let equal = pair.firstIndex(of: "="),
                    let value = PercentEncoding.decode(pair[pair.index(after: equal)...])
                else { return nil }
                qualifiers[pair[..<equal].lowercased()] = value
            }
            rest = rest[..<mark]
        }
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        let type = rest[..<slash]
        var version: String?
        if let at = rest.lastIndex(of: "@"), at > slash {
            guard let decoded = PercentEncoding.decode(rest[rest.index(after: at)...]) else { return nil }
            version = decoded
            rest = rest[..<at]
        }
        var components = rest[rest.index(after: slash)...].split(separator: "/").compactMap {
            PercentEncoding.decode($0)
        }
        guard !type.isEmpty, let name = components.popLast(), !name.isEmpty else { return nil }
        self.init(
            type: String(type), namespace: components.isEmpty ? nil : components.joined(separator: "/"),
            name: name,
            version: version, qualifiers: qualifiers)
    }

    /// Letters, digits and `.-_~:` stand for themselves, and `spared`; everything else is `%XX`.
    private static func encode(_ text: some StringProtocol, sparing spared: UInt8? = nil) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: out.append(byte)
            case spared: out.append(byte)
            default: out += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
