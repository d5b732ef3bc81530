// SPDX-License-Identifier: Apache-2.0
internal import CLzma
package import Vocabulary

/// Compresses what it is given into one .xz stream, as `xz -6` does, on one thread: equal bytes give equal streams with
/// the same liblzma. Call `finish` at the end, or the stream has none.
package final class XzWriter<Sink: ByteSink>: ByteSink {
    package private(set) var sink: Sink
    private let stream: UnsafeMutablePointer<lzma_stream>
    private let output: UnsafeMutableRawBufferPointer

    /// Throws `ArchiveError.codecFailed` where there is no memory.
    package init(_ sink: Sink) throws(ArchiveError) {
        self.sink = sink
        stream = .allocate(capacity: 1)
        stream.initialize(to: lzma_stream())
        output = .allocate(byteCount: 64 << 10, alignment: 16)
        let code = lzma_easy_encoder(stream, 6, LZMA_CHECK_CRC64)
        guard code == LZMA_OK else { throw .codecFailed(.xz, code: Int(code.rawValue)) }
    }

    deinit {
        lzma_end(stream)
        stream.deallocate()
        output.deallocate()
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        stream.pointee.next_in = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = bytes.count
        while stream.pointee.avail_in > 0 { _ = try step(LZMA_RUN) }
    }

    /// Ends the stream; nothing is written afterwards.
    package func finish() throws {
        stream.pointee.next_in = nil
        stream.pointee.avail_in = 0
        while try step(LZMA_FINISH) != LZMA_STREAM_END {}
    }

    private func step(_ action: lzma_action) throws -> lzma_ret {
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = output.count
        let code = lzma_code(stream, action)
        guard code == LZMA_OK || code == LZMA_STREAM_END else {
            throw ArchiveError.codecFailed(.xz, code: Int(code.rawValue))
        }
        let produced = output.count - stream.pointee.avail_out
        if produced > 0 { try sink.write(UnsafeRawBufferPointer(rebasing: output[..<produced])) }
        return code
    }
}
