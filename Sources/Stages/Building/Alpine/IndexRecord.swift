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
    /// With its empty line.
    let text: [UInt8]

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
        add("L", info.license)
        add("o", info.origin ?? "")
        add("m", info.maintainer ?? "")
        if info.built > 0 { add("t", "\(info.built)") }
        add("c", info.commit ?? "")
        if info.providerPriority > 0 { add("k", "\(info.providerPriority)") }
        add("D", info.depends.joined(separator: " "))
        add("p", info.provides.joined(separator: " "))
        add("i", info.installIf.joined(separator: " "))
        text = Array((lines.joined(separator: "\n") + "\n\n").utf8)
    }

    /// All records of an index that is there; nil where one of them does not say what an index must. By bytes, as large
    /// repositories have tens of megabytes.
    static func all(in index: [UInt8]) -> [IndexRecord]? {
        index.withUnsafeBytes { buffer in
            var records: [IndexRecord] = []
            var (start, lineStart) = (0, 0)
            var lines: [Range<Int>] = []
            for position in buffer.indices where buffer[position] == UInt8(ascii: "\n") {
                let line = lineStart..<position
                lineStart = position + 1
                if !line.isEmpty {
                    lines.append(line)
                    continue
                }
                if !lines.isEmpty {
                    guard let record = IndexRecord(buffer, lines, start..<lineStart) else { return nil }
                    records.append(record)
                }
                lines.removeAll(keepingCapacity: true)
                start = lineStart
            }
            guard !lines.isEmpty else { return records }
            return IndexRecord(buffer, lines, start..<lineStart).map { records + [$0] }
        }
    }

    private init?(_ buffer: UnsafeRawBufferPointer, _ lines: [Range<Int>], _ whole: Range<Int>) {
        func value(_ letter: UInt8) -> String? {
            let found = lines.filter { $0.count > 2 && buffer[$0.lowerBound] == letter }
            guard found.count == 1, let line = found.first, buffer[line.lowerBound + 1] == UInt8(ascii: ":")
            else {
                return nil
            }
            return String(decoding: buffer[line.dropFirst(2)], as: UTF8.self)
        }
        guard let name = value(UInt8(ascii: "P")), let version = value(UInt8(ascii: "V")),
            let checksum = value(UInt8(ascii: "C")),
            let size = value(UInt8(ascii: "S")).flatMap({ Int64($0) })
        else { return nil }
        (self.name, self.version, self.checksum, self.size) = (name, version, checksum, size)
        architecture = value(UInt8(ascii: "A")) ?? ""
        built = value(UInt8(ascii: "t")).flatMap { Int64($0) } ?? 0
        let isClosed = whole.count > 1 && buffer[whole.upperBound - 2] == UInt8(ascii: "\n")
        text = Array(buffer[whole]) + (isClosed ? [] : [UInt8(ascii: "\n")])
    }
}
