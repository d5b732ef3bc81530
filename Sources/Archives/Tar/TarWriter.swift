// SPDX-License-Identifier: Apache-2.0
package import Vocabulary

/// Writes deterministic tar files: ustar, and one pax header before an entry where a value does not fit. No access
/// times, no names of users unless given, seconds only, zeros for padding. Equal entries give equal bytes.
/// It hands the sink headers, contents and padding as they come: a sink that minds small pieces keeps a buffer.
package struct TarWriter<Sink: ByteSink> {
    package var sink: Sink
    private let allowsDevices: Bool
    private var current: (path: String, size: Int64, written: Int64)?

    package init(_ sink: Sink, allowsDevices: Bool = false) {
        self.sink = sink
        self.allowsDevices = allowsDevices
    }

    /// Writes an entry's headers; a file's content follows by `write` and is closed by `finishEntry`. Throws
    /// `ArchiveError.unwritable` or what the sink throws.
    /// - Parameter records: further pax records, of keys that no entry has: vendors' own.
    package mutating func append(_ entry: TarEntry, records: [String: [UInt8]] = [:]) throws {
        precondition(current == nil, "finishEntry comes before the next entry")
        try sink.write(
            try TarHeaderWriter.headers(for: entry, records, allowsDevices: allowsDevices))
        current = (entry.path, entry.size, 0)
    }

    /// Some of the current file's content, in pieces of any size.
    package mutating func write(_ content: UnsafeRawBufferPointer) throws {
        guard let (path, size, written) = current else { preconditionFailure("append comes before content") }
        guard Int64(content.count) <= size - written else {
            throw ArchiveError.wrongEntrySize(
                path: path, announced: size, written: written + Int64(content.count))
        }
        try sink.write(content)
        current = (path, size, written + Int64(content.count))
    }

    /// Pads; throws `ArchiveError.wrongEntrySize` where content is missing.
    package mutating func finishEntry() throws {
        guard let (path, size, written) = current else {
            preconditionFailure("append comes before finishEntry")
        }
        guard written == size else {
            throw ArchiveError.wrongEntrySize(path: path, announced: size, written: written)
        }
        current = nil
        let padding = Int(TarFormat.padding(size))
        if padding > 0 { try sink.write([UInt8](repeating: 0, count: padding)) }
    }

    /// An entry with all of its content, which must be `entry.size` bytes.
    package mutating func append(_ entry: TarEntry, content: [UInt8]) throws {
        try append(entry)
        try content.withUnsafeBytes { try write($0) }
        try finishEntry()
    }

    /// The two zero blocks at the end. Segments go without; the last one of a layer is nothing but these.
    package mutating func finishArchive() throws {
        precondition(current == nil, "finishEntry comes before the end")
        try sink.write([UInt8](repeating: 0, count: 2 * TarFormat.blockSize))
    }
}

// So that `TarWriter.version` needs no sink to be named.
extension TarWriter where Sink == MemorySink {
    /// Changes when the same entries no longer give the same bytes: part of every segment's key.
    package static var version: Int { TarHeaderWriter.version }
}
