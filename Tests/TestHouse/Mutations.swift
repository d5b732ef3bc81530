// SPDX-License-Identifier: Apache-2.0

/// Damaged copies of good bytes, the same for the same seed everywhere: flips, cuts, repetitions, splices and, for
/// texts, whole tokens exchanged.
package struct Mutations: Sequence, IteratorProtocol {
    private let original: [UInt8]
    private let tokens: [[UInt8]]
    private var state: UInt64
    private var left: Int

    package init(of original: [UInt8], tokens: [String] = [], count: Int, seed: UInt64) {
        self.original = original
        self.tokens = tokens.map { Array($0.utf8) }
        state = seed
        left = count
    }

    package mutating func next() -> [UInt8]? {
        guard left > 0 else { return nil }
        left -= 1
        var bytes = original
        for _ in 0...random(3) { mutate(&bytes) }
        return bytes
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = random(bytes.count)
        let end = Swift.min(bytes.count, place + 1 + random(24))
        switch random(tokens.isEmpty ? 6 : 8) {
        case 0: bytes[place] ^= 1 << UInt8(random(8))
        case 1: bytes[place] = UInt8(random(256))
        case 2: bytes.removeSubrange(place..<end)
        case 3: bytes.removeSubrange(place...)
        case 4: bytes.insert(contentsOf: bytes[place..<end], at: random(bytes.count))
        case 5: bytes.insert(contentsOf: (0..<1 + random(4)).map { _ in UInt8(random(256)) }, at: place)
        case 6: bytes.replaceSubrange(place..<end, with: tokens[random(tokens.count)])
        default: bytes.insert(contentsOf: tokens[random(tokens.count)], at: place)
        }
    }

    /// SplitMix64.
    private mutating func random(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}
