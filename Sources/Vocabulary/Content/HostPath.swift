// SPDX-License-Identifier: Apache-2.0

/// A path on the machine that Slipway runs on. Not for paths inside images: those are `ImagePath`.
package struct HostPath: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package var description: String { text }

    package init(_ text: some StringProtocol) { self.text = String(text) }

    /// Below `.` a name stands alone.
    package static func / (directory: HostPath, component: some StringProtocol) -> HostPath {
        if directory.text == "." { return HostPath(component) }
        return directory.text.isEmpty || directory.text.hasSuffix("/")
            ? HostPath(directory.text + component) : HostPath("\(directory.text)/\(component)")
    }

    package var name: Substring { text.split(separator: "/").last ?? "" }
    package var isAbsolute: Bool { text.hasPrefix("/") }

    /// `.` for a bare name, `/` for what stands at the root.
    package var parent: HostPath {
        guard let slash = text.lastIndex(of: "/") else { return HostPath(".") }
        return slash == text.startIndex ? HostPath("/") : HostPath(text[..<slash])
    }

    /// The path itself where it is absolute, else below `base`.
    package func resolved(against base: HostPath) -> HostPath { isAbsolute ? self : base / text }
}
