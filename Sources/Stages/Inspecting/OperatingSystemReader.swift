// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Reads os-release(5): shell assignments, one a line, without expansion.
enum OperatingSystemReader {
    /// Nil where the file names no id, which os-release(5) then takes for "linux" and Slipway for unknown.
    static func read(_ bytes: [UInt8]) -> ImageInventory.OperatingSystem? {
        var values: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { continue }
            // The last assignment counts, as it does in a shell.
            values[String(line[..<equals])] = value(line[line.index(after: equals)...])
        }
        func printable(_ key: String) -> String? {
            guard let text = values[key], !text.isEmpty, text.utf8.count <= 256 else { return nil }
            return text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } ? text : nil
        }
        guard let id = printable("ID"), id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return ImageInventory.OperatingSystem(
            id: id, versionID: printable("VERSION_ID"), codename: printable("VERSION_CODENAME"),
            prettyName: printable("PRETTY_NAME"))
    }

    /// A shell word: quotes taken away, a backslash keeps the next character.
    private static func value(_ text: Substring) -> String {
        var value = ""
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                value.append(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
            } else if quote == nil, character == " " || character == "\t" {
                break
            } else {
                value.append(character)
            }
        }
        return value
    }
}
