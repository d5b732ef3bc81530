// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Vocabulary

/// One package's lines in an index (apk-package(5), the letters of version 2), closed by an empty line.
struct IndexRecord {
    let name: String
    let version: String
    /// As the index has it: `Q1…`.
    let checksum: String
    /// Bytes of the package file.
    let size: Int64
    let architecture: String
    /// Seconds since 1970; 0 where it is not said.
    let built: Int64
    let text: String

    var file: String { "\(name)-\(version).apk" }

    /// - Parameter size: of the whole file, in bytes.
    init(_ control: ApkControl, size: Int64) {
        let info = control.info
        (name, version, checksum) = (info.name.text, info.version, control.checksum)
        (self.size, architecture, built) = (size, info.architecture, info.built)
        var lines: [String] = []
        func add(_ letter: Character, _ value: String) {
            if !value.isEmpty { lines.append("\(letter):\(value)") }
        }
        add("C", checksum)
        add("P", name)
        add("V", version)
        add("A", architecture)
        add("S", "\(size)")
        add("I", "\(info.installedSize)")
        add("T", info.summary)
        add("U", info.homepage)
        add("L", Self.license(info.licenses))
        add("o", info.origin ?? "")
        add("m", info.maintainer ?? "")
        if info.built > 0 { add("t", "\(info.built)") }
        add("c", info.commit ?? "")
        if info.providerPriority > 0 { add("k", "\(info.providerPriority)") }
        add("D", info.depends.joined(separator: " "))
        add("p", info.provides.joined(separator: " "))
        add("i", info.installIf.joined(separator: " "))
        text = lines.joined(separator: "\n") + "\n\n"
    }

    /// One block of an index that is there; nil where it does not say what an index must.
    init?(parsing block: Substring) {
        var values: [Character: Substring] = [:]
        for line in block.split(separator: "\n") {
            guard let letter = line.first, line.dropFirst().first == ":", values[letter] == nil else {
                return nil
            }
            values[letter] = line.dropFirst(2)
        }
        guard let name = values["P"], let version = values["V"], let checksum = values["C"],
            let size = values["S"].flatMap({ Int64($0) })
        else { return nil }
        (self.name, self.version, self.checksum) = (String(name), String(version), String(checksum))
        self.size = size
        architecture = String(values["A"] ?? "")
        built = values["t"].flatMap { Int64($0) } ?? 0
        text = "\(block)\n\n"
    }

    /// Some writers give one line for each part of a licence: all of them hold.
    private static func license(_ parts: [String]) -> String {
        guard parts.count > 1 else { return parts.first ?? "" }
        return parts.map { $0.contains(" OR ") ? "(\($0))" : $0 }.joined(separator: " AND ")
    }
}
