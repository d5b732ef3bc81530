// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension PythonProject {
    /// `<a href="…#sha256=…" data-yanked="…">FILE</a>` of PEP 503's page.
    struct Anchor: Sendable, Equatable {
        var href = ""
        var text = ""
        var withdrawal: String?

        func file(of project: Name) -> PythonProject.File? {
            guard let version = PythonProject.version(in: text, of: project) else { return nil }
            let fragment = href.firstIndex(of: "#").map { href[href.index(after: $0)...] }
            let digest = fragment?.split(separator: "&").first { $0.hasPrefix("sha256=") }
                .flatMap { try? Digest(.sha256, hex: $0.dropFirst("sha256=".count).lowercased()) }
            return PythonProject.File(
                name: text, version: version, link: String(href.prefix { $0 != "#" }), digest: digest,
                size: nil, uploaded: nil, withdrawal: withdrawal)
        }
    }

    /// The links of a page, with what stands between their tags; anything else is passed over. At most one more than
    /// `fileLimit`.
    static func anchors(in page: String) -> [Anchor] {
        var anchors: [Anchor] = []
        var rest = page.utf8[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "<")), anchors.count <= fileLimit {
            rest = rest[start...].dropFirst()
            guard let kind = rest.first, kind | 0x20 == UInt8(ascii: "a"),
                let blank = rest.dropFirst().first, isBlank(blank)
            else { continue }
            rest = rest.dropFirst()
            guard var anchor = Self.anchor(&rest) else { return anchors }
            let text = rest.prefix { $0 != UInt8(ascii: "<") }
            rest = rest[text.endIndex...]
            anchor.text = unescaped(Substring(text)).filter { !$0.isWhitespace }
            if !anchor.href.isEmpty { anchors.append(anchor) }
        }
        return anchors
    }

    /// The attributes up to the tag's end; nil where the page ends before.
    private static func anchor(_ rest: inout Substring.UTF8View) -> Anchor? {
        var anchor = Anchor()
        while true {
            rest = rest.drop { isBlank($0) || $0 == UInt8(ascii: "/") }
            guard let first = rest.first else { return nil }
            if first == UInt8(ascii: ">") {
                rest.removeFirst()
                return anchor
            }
            let name = rest.prefix { !isBlank($0) && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ">") }
            rest = rest[name.endIndex...].drop(while: isBlank)
            var value = ""
            if rest.first == UInt8(ascii: "=") {
                rest = rest.dropFirst().drop(while: isBlank)
                guard let text = Self.value(&rest) else { return nil }
                value = unescaped(text)
            } else if name.isEmpty {
                rest = rest.dropFirst()
            }
            switch Substring(name).lowercased() {
            case "href": anchor.href = value
            case "data-yanked": anchor.withdrawal = value
            default: break
            }
        }
    }

    private static func value(_ rest: inout Substring.UTF8View) -> Substring? {
        guard let quote = rest.first else { return nil }
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            let bare = rest.prefix { !isBlank($0) && $0 != UInt8(ascii: ">") }
            rest = rest[bare.endIndex...]
            return Substring(bare)
        }
        let inside = rest.dropFirst()
        guard let end = inside.firstIndex(of: quote) else { return nil }
        rest = inside[end...].dropFirst()
        return Substring(inside[..<end])
    }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(byte) }

    /// The references that stand in links; others stay as they are.
    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        var result = String(text)
        for (name, character) in [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'"),
            ("&#43;", "+"), ("&amp;", "&"),
        ] { result = result.replacing(name, with: character) }
        return result
    }
}
