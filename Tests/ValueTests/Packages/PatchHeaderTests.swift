// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

/// What patches say of themselves, in the ways in which people write it.
@Suite struct PatchHeaderTests {
    @Test(arguments: [
        (
            "DEP-3, sent",
            "Description: fix the clock\nAuthor: A <a@b.c>\nForwarded: https://example.org/1\n"
                + "Last-Update: 2024-03-05\n---\n--- a/x\n+++ b/x\n",
            "fix the clock | 2024-03-05 | sent: https://example.org/1"
        ),
        (
            "DEP-3, taken", "Subject: x\nApplied-Upstream: 1.2.4, commit 0a1b\nDate: 2023-12-31\n--- a/x\n",
            "x | 2023-12-31 | upstream has it: 1.2.4, commit 0a1b"
        ),
        (
            "DEP-3, upstream's own",
            "Description: x\n more of it\nOrigin: upstream, https://example.org/c/9\nLast-Update: 2020-01-02\n",
            "x more of it | 2020-01-02 | it is upstream's: upstream, https://example.org/c/9"
        ),
        (
            "nothing for upstream", "Description: our paths\nForwarded: not-needed\n",
            "our paths | - | it is nothing for upstream"
        ),
        ("not sent, without a word why", "Description: x\nForwarded: no\n", "x | - | -"),
        (
            "a bug alone", "Subject: x\nBug: https://example.org/7\n",
            "x | - | reported: https://example.org/7"
        ),
        (
            "a mail as git writes it",
            "From 0a1b2c Mon Sep 17 00:00:00 2001\nFrom: A <a@b.c>\nDate: Tue, 5 Mar 2024 10:00:00 +0100\n"
                + "Subject: [PATCH 2/3] fix the clock\n\n(cherry picked from commit 0a1b2c)\n---\n x | 2 +-\ndiff --git a/x b/x\n",
            "fix the clock | 2024-03-05 | it is upstream's: cherry picked from commit 0a1b2c"
        ),
        ("no header", "--- a/x\n+++ b/x\n@@ -1 +1 @@\nForwarded: yes\n", "- | - | -"),
        ("nothing", "", "- | - | -"),
        ("a date that is none", "Date: 2024-99\nSubject: x\n", "x | - | -"),
    ])
    func says(name: String, text: String, expected: String) {
        let header = PatchHeader(Array(text.utf8))
        let found = [header.subject, header.date, header.upstream].map { $0 ?? "-" }
        #expect(found.joined(separator: " | ") == expected, "\(name)")
    }

    @Test func noBytesAtAllMakeItFail() {
        var random = SmallRandom(seed: 9)
        for _ in 0..<500 {
            let bytes = (0..<random.below(400)).map { _ in UInt8(random.below(256)) }
            _ = PatchHeader(bytes)
            _ = PatchHeader(Array("Date: ".utf8) + bytes + Array("\nForwarded: ".utf8) + bytes)
        }
    }

    @Test func aHugeFileIsReadAtItsBeginningAlone() {
        let bytes = Array(repeating: UInt8(ascii: "a"), count: 4 << 20) + Array("\nForwarded: yes\n".utf8)
        #expect(PatchHeader(bytes).upstream == nil)
    }
}
