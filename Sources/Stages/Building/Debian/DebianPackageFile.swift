// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
package import Vocabulary

/// A package file (deb(5)) that somebody wants to look into or to list.
package struct DebianPackageFile: PackageFile {
    private static let controlLimit = 16 << 20
    private static let readFiles: Set = ["control", "symbols", "shlibs"]
    private let path: HostPath

    package init(_ path: HostPath) { self.path = path }

    /// What it says and holds.
    package func facts() throws(BuildingError) -> PackageFacts {
        try reading { source in
            var files: [PackageFacts.File] = []
            let control = try read(source) { files = try PackageFacts.File.all(in: $0) }
            func field(_ name: String) -> String { control.stanza[name] ?? "" }
            var facts = PackageFacts(
                name: field("Package"), version: field("Version"), architecture: field("Architecture"),
                size: source.byteCount, digest: source.digest)
            facts.fields = control.stanza.fields.map { .init(name: $0.name, value: $0.value) }
            facts.scripts = control.files.filter { DebianPacker.scripts.contains($0) }
            facts.files = files
            return facts
        }
    }

    /// Unpacks the data into `folder`, which must not be there yet and appears whole or not at all.
    package func extract(to folder: HostPath) throws(BuildingError) -> [Diagnostic] {
        if try BuildingError.wrapping({ try HostDirectory.exists(folder) }) { throw .folderExists(folder) }
        return try reading { source in
            try AtomicDirectory.create(folder) { place in
                var extractor = FolderExtractor(into: try RootDirectory.create(place), from: path)
                var diagnostics: [Diagnostic] = []
                _ = try read(source) { diagnostics = try extractor.extract(TarReader($0)) }
                return diagnostics
            }
        }
    }

    /// What an index lists of it: the control stanza, and size and SHA-256 of the file. The data archive is hashed and
    /// not opened.
    func listing() throws -> (stanza: ControlStanza, size: Int64, digest: Digest) {
        try reading { source in
            let control = try read(source) { _ in }
            return (control.stanza, source.byteCount, source.digest)
        }
    }

    /// What it says of those who link to its libraries. The data archive is not opened.
    func libraryRules() throws(BuildingError) -> LibraryRules {
        try reading { source in
            let control = try read(source) { _ in }
            return LibraryRules(
                symbols: control.texts["symbols"] ?? [], shlibs: control.texts["shlibs"] ?? [])
        }
    }

    private struct Control {
        var stanza = ControlStanza([])
        /// All names in the control archive.
        var files: [String] = []
        /// Of `control`, `symbols` and `shlibs`.
        var texts: [String: [UInt8]] = [:]
    }

    /// Members in the one order that deb(5) allows; `data` gets the decoded data archive.
    private func read(_ source: HashingSource, data: (any ByteSource) throws -> Void) throws -> Control {
        let archive = ArReader(source)
        var control: Control?
        var seen: [String] = []
        while let member = try archive.next() {
            let name = String(member.name.prefix { $0 != "." })
            guard !member.name.hasPrefix("_") else { continue }
            seen.append(name)
            switch seen {
            case ["debian-binary"]: continue
            case ["debian-binary", "control"]:
                control = try readControl(try Decompressor.open(sniffing: archive).source)
            case ["debian-binary", "control", "data"]:
                try data(try Decompressor.open(sniffing: archive).source)
            default:
                throw BuildingError.notAPackage(
                    path, reason: "it has a member '\(member.name)' where none should be")
            }
        }
        guard let control, seen.count == 3 else {
            throw BuildingError.notAPackage(path, reason: "it has no control or no data archive")
        }
        return control
    }

    private func readControl(_ source: any ByteSource) throws -> Control {
        let tar = TarReader(source)
        var control = Control()
        while let entry = try tar.next() {
            guard entry.kind == .file, let name = ImagePath(entry.path)?.text else { continue }
            control.files.append(name)
            guard Self.readFiles.contains(name), entry.size <= Int64(Self.controlLimit) else { continue }
            var text = MemorySink()
            try tar.forEachPiece { text.write($0) }
            control.texts[name] = text.bytes
        }
        if let text = control.texts["control"] { control.stanza = try Self.stanza(text, of: path) }
        guard control.stanza["Package"] != nil else {
            throw BuildingError.notAPackage(path, reason: "its control archive has no control file")
        }
        return control
    }

    /// The one stanza of a control file, with the fields that every package has.
    static func stanza(_ text: [UInt8], of path: HostPath) throws(BuildingError) -> ControlStanza {
        let stanzas: [ControlStanza]
        do throws(ControlFileError) {
            stanzas = try ControlFile.parse(text, what: "its control file")
        } catch { throw .notAPackage(path, reason: "\(error)") }
        guard let stanza = stanzas.first, stanzas.count == 1 else {
            throw .notAPackage(path, reason: "its control file has \(stanzas.count) stanzas")
        }
        for field in ["Package", "Version", "Architecture"] {
            guard let value = stanza[field], !value.isEmpty, !value.contains(where: \.isWhitespace),
                !value.contains("/")
            else { throw .notAPackage(path, reason: "its control file has no \(field) of one word") }
        }
        return stanza
    }

    private func reading<Value>(_ body: (HashingSource) throws -> Value) throws(BuildingError) -> Value {
        try BuildingError.wrapping {
            do {
                let source = HashingSource(try FileReader(path))
                let value = try body(source)
                try source.forEachPiece { _ in try Task.checkCancellation() }
                return value
            } catch let error as ArchiveError {
                throw BuildingError.notAPackage(path, reason: error.description)
            }
        }
    }
}
