// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Fetching

/// Where a repository's own file may send us for its submodules.
@Suite struct SubmodulePlaceTests {
    private static let remote = "https://example.org/group/app.git"

    @Test(
        arguments: [
            ("../lib.git", "https://example.org/group/lib.git"),
            ("./lib", "https://example.org/group/app.git/lib"),
            ("../../../lib", nil), ("https://other.example.org/x", "https://other.example.org/x"),
            ("ssh://git@other.example.org/x", "ssh://git@other.example.org/x"),
            ("git://other.example.org/x", "git://other.example.org/x"),
            ("file:///etc", nil), ("/etc", nil), ("etc", nil), ("ext::sh -c x", nil),
            ("git@example.org:x", nil),
            ("https://127.0.0.1/x", nil), ("http://localhost:8080/x", nil), ("ssh://git@[::1]/x", nil),
            ("git://2130706433/x", nil), ("http://169.254.169.254/x", nil), ("https://a b/x", nil),
        ] as [(String, String?)])
    func ofARemoteRepository(_ pair: (String, String?)) {
        #expect(SubmoduleRun.place(pair.0, of: Self.remote) == pair.1)
    }

    @Test(
        arguments: [
            ("file:///srv/x", "file:///srv/up", "file:///srv/x"), ("../x", "file:///srv/up", "file:///srv/x"),
            ("http://127.0.0.1/x", "file:///srv/up", "http://127.0.0.1/x"),
            ("http://127.0.0.1:1/x", "http://localhost:2/up", "http://127.0.0.1:1/x"),
            ("file:///srv/x", "http://localhost:2/up", nil),
        ] as [(String, String, String?)])
    func ofOneOnThisMachine(_ given: (String, String, String?)) {
        #expect(SubmoduleRun.place(given.0, of: given.1) == given.2)
    }
}
