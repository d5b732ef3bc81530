// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@Suite("Base64") struct Base64Tests {
    @Test(
        "RFC 4648's own vectors, both ways",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func vectors(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test("the URL-safe alphabet is read, with and without padding")
    func urlSafe() {
        #expect(Base64.decode("-_8=") == [0xFB, 0xFF])
        #expect(Base64.decode("-_8") == [0xFB, 0xFF])
        #expect(Base64.decode("+/8=") == [0xFB, 0xFF])
    }

    @Test(
        "what could mean two things is nothing",
        arguments: [
            ("Zg", "no padding"), ("Zg=", "too little"), ("Zg===", "too much"), ("Zh==", "bits left over"),
            ("Zm9=", "bits left over"), ("Zm 9v", "blank"), ("Zm9v\n", "line break"),
            ("+_8=", "both alphabets"),
            ("Z===", "one character"), ("Z", "one character"), ("=", "padding alone"),
            ("Zg==Zg==", "two texts"),
            ("Zm9vé", "not ASCII"), ("====", "padding alone"),
        ])
    func refused(text: String, why: String) {
        #expect(Base64.decode(text) == nil, "\(why)")
    }

    @Test("every length round-trips")
    func lengths() {
        for count in 0..<200 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ count) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
    }
}
