// SPDX-License-Identifier: Apache-2.0

/// Anything that bytes are pulled from in large pieces: a file, a decoder, memory. Synchronous: the data plane runs
/// on worker threads.
package protocol ByteSource {
    /// Fills some of `buffer` and returns how many bytes; 0 at the end only.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension ByteSource {
    /// Hands on everything up to the end, in pieces of at most `size` bytes. Throws what reading or `body` throws.
    package func forEachPiece(
        of size: Int = 128 << 10, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var source = self
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, size), alignment: 16)
        defer { piece.deallocate() }
        while true {
            let count = try source.read(into: piece)
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: piece[..<count]))
        }
    }
}

/// Anything that bytes are pushed into in large pieces.
package protocol ByteSink {
    /// Takes all of `bytes`, or throws the sink's own error.
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws
}

extension ByteSink {
    /// Takes all of `bytes`, or throws the sink's own error.
    package mutating func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }
}

/// Bytes in memory as a source.
package struct MemorySource: ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - position)
        bytes.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[position..<position + count])) }
        position += count
        return count
    }
}

/// A sink that keeps everything, for small things.
package struct MemorySink: ByteSink {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }
}
