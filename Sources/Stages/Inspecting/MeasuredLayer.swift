// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Vocabulary

/// How large the one gzip layer of a tree would be: written as a layer is, and thrown away.
final class MeasuredLayer {
    private var tar: TarWriter<MeasuringSink>

    init() throws { tar = TarWriter(try MeasuringSink(), allowsDevices: true) }

    /// Adds an entry; a file's content is read to its end from what this returns.
    func append(_ entry: TarEntry, content: (any ByteSource)?) throws -> (any ByteSource)? {
        try tar.append(entry)
        guard let content else {
            try tar.finishEntry()
            return nil
        }
        return Tap(content, into: self)
    }

    /// Ends a file whose content was read.
    func finishContent() throws { try tar.finishEntry() }

    /// Bytes of the gzip member.
    func finish() throws -> Int64 {
        try tar.finishArchive()
        return try tar.sink.finish()
    }

    /// Content on its way to its reader, seen by the layer too.
    private final class Tap: ByteSource {
        private var source: any ByteSource
        private let layer: MeasuredLayer

        init(_ source: any ByteSource, into layer: MeasuredLayer) {
            self.source = source
            self.layer = layer
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            let count = try source.read(into: buffer)
            if count > 0 { try layer.tar.write(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            return count
        }
    }
}

/// Compresses and counts.
private struct MeasuringSink: ByteSink {
    private struct Nowhere: ByteSink {
        mutating func write(_ bytes: UnsafeRawBufferPointer) {}
    }

    private var encoder: SegmentEncoder
    private var nowhere = Nowhere()

    init() throws { encoder = SegmentEncoder() }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws { try encoder.write(bytes, to: &nowhere) }

    mutating func finish() throws -> Int64 {
        var join = GzipJoin()
        join.add(try encoder.finish(to: &nowhere))
        return join.compressedSize
    }
}
