// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
package import Vocabulary

/// A package file (.apk, version 2) that somebody wants to look into.
package struct AlpinePackageFile: PackageFile {
    private let path: HostPath

    package init(_ path: HostPath) { self.path = path }

    /// What it says and holds. The chain inside the file holds when this returns; signatures are not checked.
    package func facts() throws(BuildingError) -> PackageFacts {
        try reading { reader, source in
            let control = try reader.readControl()
            let files = try PackageFacts.File.all(in: try reader.openData())
            _ = try reader.finish()
            let info = control.files.first { $0.name == ".PKGINFO" }?.bytes ?? []
            var facts = PackageFacts(
                name: control.info.name.text, version: control.info.version,
                architecture: control.info.architecture, size: source.byteCount, digest: source.digest)
            facts.checksum = control.checksum
            facts.signatures = control.signatures.map { "\($0.algorithm) \($0.key)" }
            facts.fields = Self.fields(info)
            facts.scripts = control.files.map(\.name).filter { $0 != ".PKGINFO" }.map {
                String($0.dropFirst())
            }
            facts.files = files
            return facts
        }
    }

    /// Unpacks the data into `folder`, which must not be there yet and appears whole or not at all.
    package func extract(to folder: HostPath) throws(BuildingError) -> [Diagnostic] {
        if try BuildingError.wrapping({ try HostDirectory.exists(folder) }) { throw .folderExists(folder) }
        return try reading { reader, _ in
            try AtomicDirectory.create(folder) { place in
                _ = try reader.readControl()
                var extractor = FolderExtractor(into: try RootDirectory.create(place), from: path)
                let diagnostics = try extractor.extract(TarReader(try reader.openData()))
                _ = try reader.finish()
                return diagnostics
            }
        }
    }

    private func reading<Value>(
        _ body: (ApkReader, HashingSource) throws -> Value
    ) throws(BuildingError) -> Value {
        try BuildingError.wrapping {
            do {
                let source = HashingSource(try FileReader(path))
                return try body(try ApkReader(source), source)
            } catch let error as ArchiveError {
                throw BuildingError.notAPackage(path, reason: error.description)
            }
        }
    }

    /// The lines of `.PKGINFO` without its comments.
    private static func fields(_ info: [UInt8]) -> [PackageFacts.Field] {
        String(decoding: info, as: UTF8.self).split(separator: "\n").compactMap { line in
            guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { return nil }
            func trimmed(_ text: Substring) -> String {
                var text = text.drop { $0 == " " }
                while text.last == " " { text.removeLast() }
                return String(text)
            }
            return .init(name: trimmed(line[..<equals]), value: trimmed(line[line.index(after: equals)...]))
        }
    }
}
