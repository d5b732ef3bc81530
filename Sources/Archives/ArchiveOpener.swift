// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Opens what projects release: tar files, compressed in any way that is known, and zip files.
package enum ArchiveOpener {
    /// Most bytes of a zip file: its directory stands at its end, and it is read as a whole.
    package static let zipLimit = 512 << 20

    /// The entries of an archive whose first bytes say what it is; what is neither is an error of the tar reader.
    package static func open(
        _ source: any ByteSource, limits: TarLimits = TarLimits(requiresEndMarker: false)
    ) throws -> any EntryReader {
        let window = InputWindow(source)
        let head = Array(try window.peek(Compression.sniffLength))
        let rest = WindowSource(window)
        guard ZipReader.magic(head) else {
            return TarReader(try Decompressor.open(sniffing: rest).source, limits: limits)
        }
        var bytes: [UInt8] = []
        try rest.forEachPiece { piece in
            guard bytes.count + piece.count <= zipLimit else {
                throw ArchiveError.limitExceeded(.zip, .totalBytes, allowed: Int64(zipLimit))
            }
            bytes.append(contentsOf: piece)
        }
        return try ZipReader(bytes)
    }
}
