// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Fetching

/// Upstream tarballs in an index of Debian's source packages.
@Suite struct DebianSourceTests {
    private static func digest(_ digit: Character) -> String { String(repeating: digit, count: 64) }

    private static let index = """
        Package: lua5.4
        Format: 3.0 (quilt)
        Binary: lua5.4, liblua5.4-dev
        Version: 5.4.6-3
        Directory: pool/main/l/lua5.4
        Checksums-Sha256:
         \(digest("a")) 2195 lua5.4_5.4.6-3.dsc
         \(digest("b")) 363329 lua5.4_5.4.6.orig.tar.gz
         \(digest("c")) 833 lua5.4_5.4.6.orig.tar.gz.asc
         \(digest("d")) 9220 lua5.4_5.4.6-3.debian.tar.xz

        Package: lua5.4-extra
        Version: 9-1
        Directory: pool/main/l/lua5.4-extra
        Checksums-Sha256:
         \(digest("e")) 1 lua5.4-extra_9.orig.tar.gz

        Format: 3.0 (quilt)
        Package: lua5.4
        Version: 5.4.10-1
        Directory: pool/main/l/lua5.4+x
        Checksums-Sha256:
         \(digest("f")) 7 lua5.4_5.4.10.orig-docs.tar.gz
         \(digest("1")) 364000 lua5.4_5.4.10.orig.tar.xz

        Package: native
        Version: 2:1
        Directory: pool/main/n/native
        Checksums-Sha256:
         \(digest("3")) 9 native_1.dsc
         \(digest("2")) 7 native_1.tar.xz

        """

    private func found(_ name: String, in text: String = index) throws -> [String] {
        let name = try #require(PackageName(name))
        let found = DebianSourceFinder.tarballs(
            of: [name], in: Array(text.utf8), at: "https://deb.example.org/debian/")
        return (found[name] ?? []).map { "\($0.version) \($0.digest.hex.prefix(1)) \($0.size) \($0.url)" }
    }

    @Test func theNewestVersionIsFirstAndOnlyTheWholeTarballCounts() throws {
        #expect(
            try found("lua5.4") == [
                "5.4.10-1 1 364000 https://deb.example.org/debian/pool/main/l/lua5.4%2Bx/lua5.4_5.4.10.orig.tar.xz",
                "5.4.6-3 b 363329 https://deb.example.org/debian/pool/main/l/lua5.4/lua5.4_5.4.6.orig.tar.gz",
            ])
    }

    @Test func aNativePackageIsItsOwnUpstream() throws {
        #expect(
            try found("native") == [
                "2:1 2 7 https://deb.example.org/debian/pool/main/n/native/native_1.tar.xz"
            ])
    }

    @Test func aNameThatIsPartOfAnotherIsNotFound() throws { #expect(try found("lua5").isEmpty) }

    @Test(arguments: ["", "\n\n\n", "Package: lua5.4", "Package: lua5.4\n x", "\u{0}\n\nPackage: lua5.4\n\n"])
    func whatIsNoIndexHasNone(_ text: String) throws { #expect(try found("lua5.4", in: text).isEmpty) }
}
