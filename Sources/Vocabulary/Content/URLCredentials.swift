// SPDX-License-Identifier: Apache-2.0

/// User names and passwords in URLs, which no message may repeat.
package enum URLCredentials {
    /// The text, a URL or what a program said of some, without what stands before an @ in the authority of its URLs.
    package static func hidden(in text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return text }
        var result = ""
        var rest = text[...]
        while let mark = rest.firstRange(of: "://") {
            result += rest[..<mark.upperBound]
            rest = rest[mark.upperBound...]
            // Quotes do not end it: passwords may hold them.
            let authority = rest.prefix { !$0.isWhitespace && $0 != "/" && $0 != "?" && $0 != "#" }
            if let at = authority.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        }
        return result + rest
    }
}
