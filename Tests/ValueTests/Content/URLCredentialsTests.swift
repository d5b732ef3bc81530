// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@Suite struct URLCredentialsTests {
    @Test(arguments: [
        ("https://user:pw@example.org/x", "https://example.org/x"),
        ("https://example.org/a@b", "https://example.org/a@b"),
        ("https://example.org?a@b", "https://example.org?a@b"),
        ("ssh://git@example.org/x", "ssh://example.org/x"), ("git@example.org:x", "git@example.org:x"),
        ("/srv/x", "/srv/x"), ("", ""), ("a@b", "a@b"), ("https://", "https://"),
        ("https://u:p@ss@example.org", "https://example.org"),
        (
            "fatal: unable to access 'https://u:it's@a.example.org/x/': see ftp://v:w@b.example.org, a@b.c",
            "fatal: unable to access 'https://a.example.org/x/': see ftp://b.example.org, a@b.c"
        ),
    ])
    func areLeftOut(_ pair: (String, String)) { #expect(URLCredentials.hidden(in: pair.0) == pair.1) }
}
