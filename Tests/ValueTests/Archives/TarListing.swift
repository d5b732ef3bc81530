// SPDX-License-Identifier: Apache-2.0
import Archives
import TestHouse
import Testing
import Vocabulary

/// An archive as `tar -tvf FILE --full-time --numeric-owner --quoting-style=literal` shows it, columns one space
/// apart: what Slipway and GNU tar see can be compared as text.
enum TarListing {
    static let command = "tar --full-time --numeric-owner --quoting-style=literal -tvf"

    static func make(_ entries: [TarEntry]) -> [String] { entries.map(line) }

    static func line(_ entry: TarEntry) -> String {
        let isDevice = entry.kind == .characterDevice || entry.kind == .blockDevice
        let size = isDevice ? "\(entry.devMajor),\(entry.devMinor)" : "\(entry.size)"
        let link =
            switch entry.kind {
            case .symlink: " -> \(entry.linkTarget)"
            case .hardlink: " link to \(entry.linkTarget)"
            default: ""
            }
        let time = String("\(Timestamp(seconds: entry.mtime))".dropLast()).split(separator: "T").joined(
            separator: " ")
        return "\(letter(entry.kind))\(permissions(entry.mode)) \(entry.uid)/\(entry.gid) \(size) \(time) "
            + entry.path + link
    }

    private static func letter(_ kind: TarEntry.Kind) -> String {
        switch kind {
        case .file: "-"
        case .directory: "d"
        case .symlink: "l"
        case .hardlink: "h"
        case .characterDevice: "c"
        case .blockDevice: "b"
        case .fifo: "p"
        }
    }

    private static func permissions(_ mode: UInt16) -> String {
        var text = ""
        for (shift, special, letters) in [(6, 0o4000, "sS"), (3, 0o2000, "sS"), (0, 0o1000, "tT")]
            as [(UInt16, UInt16, String)]
        {
            let bits = mode >> shift
            text += bits & 4 != 0 ? "r" : "-"
            text += bits & 2 != 0 ? "w" : "-"
            let executable = bits & 1 != 0
            text +=
                mode & special == 0
                ? (executable ? "x" : "-") : String(executable ? letters.prefix(1) : letters.suffix(1))
        }
        return text
    }

    /// GNU tar's own listing of `file`, columns one space apart, fractions of seconds dropped.
    static func byTool(_ file: String, in scratch: Scratch) throws -> [String] {
        let text = String(decoding: try scratch.sh("\(command) \(file)"), as: UTF8.self)
        return text.split(separator: "\n").map { line in
            // Five columns with runs of spaces, then the name (none here starts with a space).
            var rest = line[...]
            var columns: [Substring] = []
            for _ in 0..<5 {
                rest = rest.drop { $0 == " " }
                let column = rest.prefix { $0 != " " }
                columns.append(column)
                rest = rest.dropFirst(column.count)
            }
            columns[4] = columns[4].prefix { $0 != "." }
            return (columns + [rest.drop { $0 == " " }]).joined(separator: " ")
        }
    }

    /// Both see the same, line by line.
    static func expect(_ entries: [TarEntry], in file: String, _ scratch: Scratch) throws {
        let (ours, theirs) = (make(entries), try byTool(file, in: scratch))
        #expect(ours.count == theirs.count)
        for (our, their) in zip(ours, theirs) { #expect(our == their) }
    }

    static func read(
        _ bytes: [UInt8], limits: TarLimits = TarLimits()
    ) throws -> [(entry: TarEntry, content: [UInt8])] {
        let reader = TarReader(MemorySource(bytes), limits: limits)
        var entries: [(entry: TarEntry, content: [UInt8])] = []
        while let entry = try reader.next() { entries.append((entry, try drain(reader))) }
        return entries
    }
}
