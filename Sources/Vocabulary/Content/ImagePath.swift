// SPDX-License-Identifier: Apache-2.0

/// A path inside an image: relative to its root, normalised, without `.`, `..`, empty components, NUL or a leading
/// slash. The root itself is the empty path. Nothing that comes from a package or a definition is a path before it
/// is one of these.
package struct ImagePath: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    /// Longest path and longest component that is accepted, in bytes (Linux's PATH_MAX and NAME_MAX).
    package static let limits = (path: 4095, component: 255)

    /// `usr/bin/app`; UTF-8 or whatever bytes the package had, decoded leniently.
    package let text: String

    /// Nil for a path that leaves the root, is too long or holds a NUL; `./a`, `/a` and `a/` are all `a`.
    package init?(_ path: some StringProtocol) {
        guard path.utf8.count <= Self.limits.path, !path.utf8.contains(0) else { return nil }
        var components: [Substring] = []
        for component in Substring(path).split(separator: "/") where component != "." {
            guard component != "..", component.utf8.count <= Self.limits.component else { return nil }
            components.append(component)
        }
        text = components.joined(separator: "/")
    }

    private init(trusted text: String) { self.text = text }

    package static let root = ImagePath(trusted: "")
    package var isRoot: Bool { text.isEmpty }
    package var absolute: String { "/\(text)" }
    package var description: String { absolute }
    package var components: [Substring] { text.split(separator: "/") }
    package var name: Substring { text.split(separator: "/").last ?? "" }

    /// Nil for the root.
    package var parent: ImagePath? {
        guard !isRoot else { return nil }
        guard let slash = text.lastIndex(of: "/") else { return .root }
        return ImagePath(trusted: String(text[..<slash]))
    }

    /// Nil where the result would be no path.
    package func appending(_ component: some StringProtocol) -> ImagePath? {
        ImagePath(isRoot ? String(component) : "\(text)/\(component)")
    }

    package func isInside(_ directory: ImagePath) -> Bool {
        directory.isRoot || text.hasPrefix(directory.text + "/")
    }

    /// Byte order, which is also the order of entries in a layer.
    package static func < (left: ImagePath, right: ImagePath) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a path that leaves the image")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(absolute)
    }
}
