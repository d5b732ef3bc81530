// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// A set of paths in a rule table: `etc/init.d/**` is the directory and everything below it, `*` stands for one
/// component or a part of one, anything else is that one path.
struct PathPattern: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    let description: String
    private let prefix: [UInt8]
    private let components: [[UInt8]]
    private let isSubtree: Bool

    init(stringLiteral value: String) {
        description = value
        isSubtree = value.hasSuffix("/**")
        let text = isSubtree ? value.dropLast(3) : value[...]
        prefix = Array(text.utf8.prefix { $0 != UInt8(ascii: "*") })
        components =
            text.utf8.contains(UInt8(ascii: "*")) ? text.split(separator: "/").map { Array($0.utf8) } : []
    }

    func matches(_ path: ImagePath) -> Bool {
        let text = path.text.utf8
        guard text.starts(with: prefix) else { return false }
        guard !components.isEmpty else {
            return text.count == prefix.count
                || isSubtree && text[text.index(text.startIndex, offsetBy: prefix.count)] == UInt8(ascii: "/")
        }
        let parts = path.text.split(separator: "/")
        guard isSubtree ? parts.count >= components.count : parts.count == components.count else {
            return false
        }
        return zip(components, parts).allSatisfy { Self.matches($0[...], Array($1.utf8)[...]) }
    }

    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let head = pattern.first else { return text.isEmpty }
        let rest = pattern.dropFirst()
        if head == UInt8(ascii: "*") {
            return (text.startIndex...text.endIndex).contains { matches(rest, text[$0...]) }
        }
        return text.first == head && matches(rest, text.dropFirst())
    }
}
