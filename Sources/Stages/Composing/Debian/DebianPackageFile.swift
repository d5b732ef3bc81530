// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Storage
internal import Vocabulary

/// A binary package as a file (deb(5)): an ar archive of the format's version, control and data.
struct DebianPackageFile {
    /// Control files that are kept.
    static let (control, checksums) = ("control", "md5sums")

    private let archive: ArReader

    init(_ file: VerifyingReader) { archive = ArReader(file) }

    func read(with decoder: inout PackageDecoder, into writer: inout TarWriter<SegmentSink>) throws {
        var seen: [String] = []
        while let member = try archive.next() {
            let name = String(member.name.prefix { $0 != "." })
            guard !member.name.hasPrefix("_") else { continue }
            guard !seen.contains(name) else { throw decoder.unreadable("it has two members '\(name)'") }
            switch name {
            case "debian-binary": try checkFormat(&decoder)
            case "control":
                guard seen == ["debian-binary"] else {
                    throw decoder.unreadable("its members are out of order")
                }
                try readControl(&decoder)
            case "data":
                guard seen == ["debian-binary", "control"] else {
                    throw decoder.unreadable("its members are out of order")
                }
                try decoder.take(try tar(), into: &writer)
            default: throw decoder.unreadable("it has a member '\(member.name)' that no package has")
            }
            seen.append(name)
        }
        guard seen == ["debian-binary", "control", "data"] else {
            throw decoder.unreadable("it has no control or no data archive")
        }
    }

    private func tar() throws -> TarReader {
        TarReader(try Decompressor.open(sniffing: archive).source, limits: PackageDecoder.limits)
    }

    private func checkFormat(_ decoder: inout PackageDecoder) throws {
        let text = try decoder.all(archive, limit: 64)
        guard text.starts(with: Array("2.".utf8)) else {
            throw decoder.unreadable(
                "its format is '\(String(decoding: text.prefix(8), as: UTF8.self))', not 2.0")
        }
    }

    private func readControl(_ decoder: inout PackageDecoder) throws {
        let archive = try tar()
        while let entry = try archive.next() {
            guard entry.kind == .file, let path = ImagePath(entry.path),
                [Self.control, Self.checksums].contains(path.text)
            else { continue }
            decoder.table.keep(
                ControlMember(
                    name: path.text, content: try decoder.all(archive, limit: PackageDecoder.controlLimit)))
        }
        let stanza: ControlStanza?
        do throws(ControlFileError) {
            stanza = try ControlFile.parse(decoder.table[control: Self.control], what: "the control file")
                .first
        } catch { throw decoder.unreadable("\(error)") }
        let provided = stanza?.joined("Provides").flatMap { try? DebianRelations.parse($0) } ?? []
        decoder.table.provides = provided.flatMap(\.alternatives).map(\.name.text)
        try decoder.check(name: stanza?["Package"], version: stanza?["Version"])
    }
}
