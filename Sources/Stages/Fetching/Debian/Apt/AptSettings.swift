// SPDX-License-Identifier: Apache-2.0

/// Values of apt's configuration as `apt-config dump` prints them: `Acquire::Check-Date "false";`. Names are compared
/// without case, as apt does.
struct AptSettings: Sendable, Equatable {
    private var values: [String: String] = [:]

    /// Reads a dump; lines of lists (`Name:: "value";`) and lines that are no setting are read over. Of a value that
    /// is set twice the last one holds.
    init(dump: String) {
        for line in dump.split(separator: "\n") {
            guard let quote = line.firstIndex(of: "\""), line.hasSuffix("\";") else { continue }
            let name = line[..<quote].drop { $0 == " " }.prefix { $0 != " " }
            let start = line.index(after: quote)
            let end = line.index(line.endIndex, offsetBy: -2)
            guard !name.isEmpty, !name.hasSuffix("::"), start <= end else { continue }
            values[name.lowercased()] = String(line[start..<end])
        }
    }

    subscript(name: String) -> String? { values[name.lowercased()].flatMap { $0.isEmpty ? nil : $0 } }

    /// apt's words for yes and no (apt.conf(5)); anything else is the default.
    func flag(_ name: String, default standard: Bool) -> Bool {
        switch self[name]?.lowercased() {
        case "no", "false", "without", "off", "disable", "0": false
        case "yes", "true", "with", "on", "enable", "1": true
        default: standard
        }
    }

    /// A file or directory below `Dir` (apt.conf(5), "DIRECTORIES"): each part counts from the part above it unless
    /// it is absolute.
    func path(_ names: String..., default standard: String) -> String {
        var path = ""
        for name in names {
            guard let part = self[name] ?? (name == names.last ? standard : nil) else { continue }
            path =
                part.hasPrefix("/") || path.isEmpty
                ? part : path.hasSuffix("/") ? path + part : "\(path)/\(part)"
        }
        return path.hasPrefix("/") ? path : "/\(path)"
    }
}
