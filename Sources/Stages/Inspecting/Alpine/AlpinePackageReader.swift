// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Reads `installed`: records with a blank line between them, each line a letter, a colon and a value (apk-tools,
/// apk-installed(5)). Letters that are not known are passed over, as apk passes over them.
struct AlpinePackageReader {
    private static let packageLimit = 100_000

    private(set) var packages: [ImageInventory.Package] = []
    private(set) var diagnostics: [Diagnostic] = []

    /// What a record says of the package itself.
    private struct Record {
        var line: Int
        var values: [UInt8: String] = [:]

        subscript(letter: Unicode.Scalar) -> String? {
            values[UInt8(ascii: letter)].flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    /// The letters that are read: name, version, architecture, origin, maintainer.
    private static let letters: Set<UInt8> = Set("PVAom".utf8)

    mutating func read(_ bytes: [UInt8], from path: ImagePath) throws(InspectingError) {
        var record: Record?
        for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty {
                if let record { try add(record, from: path) }
                record = nil
                continue
            }
            if record == nil { record = Record(line: number + 1) }
            guard line.count >= 2, line[line.startIndex + 1] == UInt8(ascii: ":") else {
                complain("a line without a field", number + 1, path)
                continue
            }
            guard let letter = line.first, Self.letters.contains(letter) else { continue }
            // The first counts: no reader of the field agrees on what a second one means.
            guard record?.values[letter] == nil else {
                complain("a field that is there already", number + 1, path)
                continue
            }
            record?.values[letter] = String(decoding: line.dropFirst(2), as: UTF8.self)
        }
        if let record { try add(record, from: path) }
    }

    private mutating func add(_ record: Record, from path: ImagePath) throws(InspectingError) {
        guard packages.count < Self.packageLimit else {
            throw .database(path, reason: "it names more than \(Self.packageLimit) packages")
        }
        guard let name = record["P"].flatMap({ PackageName($0) }) else {
            return complain("a record without a package's name", record.line, path)
        }
        let version = record["V"] ?? ""
        if version.isEmpty { complain("\(name) without a version", record.line, path) }
        packages.append(
            ImageInventory.Package(
                family: .alpine, name: name, version: version, architecture: record["A"] ?? "",
                sourceName: record["o"].flatMap { PackageName($0) } ?? name, sourceVersion: version,
                maintainer: record["m"], evidence: path))
    }

    private mutating func complain(_ what: String, _ line: Int, _ path: ImagePath) {
        guard diagnostics.count < 100 else { return }
        diagnostics.append(
            Diagnostic(.warning, .packageDatabase, "\(path), line \(line): \(what) is not understood"))
    }
}
