// SPDX-License-Identifier: Apache-2.0
import Archives
import TestHouse
import Vocabulary

/// Everything that a source gives, read in pieces of `piece` bytes.
func drain(_ source: any ByteSource, piece: Int = 128 << 10) throws -> [UInt8] {
    var source = source
    var bytes: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: piece, alignment: 16)
    defer { buffer.deallocate() }
    while true {
        let count = try source.read(into: buffer)
        if count == 0 { return bytes }
        bytes.append(contentsOf: buffer[..<count])
    }
}

/// A source that gives no more than `piece` bytes at once.
struct Trickle: ByteSource {
    private var source: MemorySource
    private let piece: Int

    init(_ bytes: [UInt8], piece: Int) {
        source = MemorySource(bytes)
        self.piece = piece
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        source.read(into: .init(rebasing: buffer[..<min(piece, buffer.count)]))
    }
}

/// Bytes that compress about as well as programs do: words from a small dictionary, runs and noise.
func sampleBytes(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = SmallRandom(seed: seed)
    let words = (0..<512).map { _ in
        (0..<Int.random(in: 2...14, using: &random)).map { _ in
            UInt8.random(in: 0x20...0x7E, using: &random)
        }
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 64)
    while bytes.count < count {
        switch UInt8.random(in: 0..<20, using: &random) {
        case 0: bytes.append(contentsOf: repeatElement(0, count: Int.random(in: 1...64, using: &random)))
        case 1: bytes.append(contentsOf: (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) })
        default: bytes.append(contentsOf: words[Int.random(in: 0..<512, using: &random)])
        }
    }
    return Array(bytes[..<count])
}
