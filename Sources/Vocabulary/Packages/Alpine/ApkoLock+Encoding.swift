// SPDX-License-Identifier: Apache-2.0

extension ApkoLock {
    /// The bytes that apko writes for the same lock: its order of keys, two blanks a level, a final newline, and Go's
    /// escapes.
    package func encode() -> [UInt8] {
        var members: [(String, Ordered)] = [("version", .text(version))]
        if let config {
            members.append(
                ("config", .object(Self.present([("name", config.name), ("checksum", config.checksum)]))))
        }
        members.append(
            (
                "contents",
                .object([
                    ("keyring", .array(contents.keyring.map(\.ordered))),
                    ("build_repositories", .array(contents.buildRepositories.map(\.ordered))),
                    ("runtime_repositories", .array(contents.runtimeRepositories.map(\.ordered))),
                    ("repositories", .array(contents.repositories.map(\.ordered))),
                    ("packages", .array(contents.packages.map(\.ordered))),
                ])
            ))
        return Array((Ordered.object(members).text(indent: "") + "\n").utf8)
    }

    fileprivate static func present(_ texts: [(String, String?)]) -> [(String, Ordered)] {
        texts.compactMap { name, text in text.map { (name, .text($0)) } }
    }
}

/// JSON whose keys have an order.
private indirect enum Ordered {
    case text(String)
    case array([Ordered])
    case object([(String, Ordered)])

    func text(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .text(let text): return Self.quoted(text)
        case .array(let items):
            guard !items.isEmpty else { return "[]" }
            return "[\n" + items.map { inner + $0.text(indent: inner) }.joined(separator: ",\n")
                + "\n\(indent)]"
        case .object(let members):
            guard !members.isEmpty else { return "{}" }
            return "{\n"
                + members.map { "\(inner)\(Self.quoted($0)): \($1.text(indent: inner))" }.joined(
                    separator: ",\n")
                + "\n\(indent)}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{8}": result += "\\b"
            case "\u{C}": result += "\\f"
            case "<", ">", "&", "\u{0}"..<" ", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension ApkoLock.Key {
    fileprivate var ordered: Ordered {
        .object(ApkoLock.present([("name", name), ("url", url), ("content", content)]))
    }
}

extension ApkoLock.Repository {
    fileprivate var ordered: Ordered {
        .object([("name", .text(name)), ("url", .text(url)), ("architecture", .text(architecture))])
    }
}

extension ApkoLock.Member {
    fileprivate var ordered: Ordered {
        .object([("range", .text(range)), ("checksum", .text(checksum))])
    }
}

extension ApkoLock.Package {
    fileprivate var ordered: Ordered {
        .object([
            ("name", .text(name)), ("url", .text(url)), ("version", .text(version)),
            ("architecture", .text(architecture)), ("signature", signature.ordered),
            ("control", control.ordered),
            ("data", data.ordered), ("checksum", .text(checksum)),
        ])
    }
}
