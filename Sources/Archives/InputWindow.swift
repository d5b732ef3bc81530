// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// A source with a buffer before it: readers look at as many bytes as they need before they take them.
final class InputWindow {
    static let capacity = 128 << 10

    private var source: any ByteSource
    private let storage: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var sourceEnded = false
    /// Position of the first byte that was not taken yet.
    private(set) var offset: Int64 = 0

    init(_ source: any ByteSource) {
        self.source = source
        storage = .allocate(byteCount: Self.capacity, alignment: 64)
    }

    deinit { storage.deallocate() }

    /// The bytes at hand, at least `wanted` of them unless the source ends before. Valid until the next call.
    func peek(_ wanted: Int) throws -> UnsafeRawBufferPointer {
        precondition(wanted <= Self.capacity, "a window holds no more than its capacity")
        while end - start < wanted, !sourceEnded {
            if start > 0 {
                storage.baseAddress?.copyMemory(
                    from: UnsafeRawPointer(storage.baseAddress.unsafelyUnwrapped + start),
                    byteCount: end - start)
                end -= start
                start = 0
            }
            end += try pull(into: .init(rebasing: storage[end...]))
        }
        return UnsafeRawBufferPointer(rebasing: storage[start..<end])
    }

    /// Drops bytes that `peek` showed.
    func take(_ count: Int) {
        precondition(count >= 0 && count <= end - start, "only bytes that were seen can be taken")
        start += count
        offset &+= Int64(count)
    }

    /// Fills some of `buffer`; 0 at the end only (or for an empty buffer).
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if start == end, buffer.count >= Self.capacity, !sourceEnded {
            let count = try pull(into: buffer)
            offset &+= Int64(count)
            return count
        }
        let ready = try peek(1)
        let count = min(ready.count, buffer.count)
        buffer.copyMemory(from: .init(rebasing: ready[..<count]))
        take(count)
        return count
    }

    /// Passes over `count` bytes; false where the source ends before.
    func skip(_ count: Int64) throws -> Bool {
        var left = count
        while left > 0 {
            let ready = try peek(1)
            if ready.isEmpty { return false }
            let step = Int(min(Int64(ready.count), left))
            take(step)
            left -= Int64(step)
        }
        return true
    }

    private func pull(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        precondition(count >= 0 && count <= buffer.count, "a source returns how much it filled")
        if count == 0 { sourceEnded = true }
        return count
    }
}
