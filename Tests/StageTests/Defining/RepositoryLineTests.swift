// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Defining

@Suite struct RepositoryLineTests {
    @Test(arguments: [
        ("deb system trixie main", "deb system trixie main"),
        ("  deb\tsystem trixie-security main  contrib ", "deb system trixie-security main contrib"),
        ("deb http://deb.example.org/debian/ trixie main", "deb http://deb.example.org/debian trixie main"),
        (
            "deb [ signed-by=/a.gpg ] file:///srv/repo sid main",
            "deb [signed-by=/a.gpg] file:///srv/repo sid main"
        ),
        (
            "deb https://deb.example.org trixie/updates main",
            "deb https://deb.example.org trixie/updates main"
        ),
    ]) func line(_ text: String, _ means: String) throws {
        #expect(try RepositoryLine(parsing: text).description == means)
    }

    @Test(arguments: [
        (
            "a check switched off by an option", "deb [trusted=yes] http://deb.example.org trixie main",
            "would switch off a check"
        ),
        (
            "Valid-Until switched off by an option",
            "deb [check-valid-until=no] http://deb.example.org trixie main", "would switch off a check"
        ),
        (
            "another option", "deb [arch=amd64] http://deb.example.org trixie main",
            "'arch' is not supported yet"
        ),
        (
            "fingerprint for a keyring",
            "deb [signed-by=4CB50190207B4758A3F73A796ED0E7B82643E131] http://deb.example.org a b",
            "fingerprints are not supported yet"
        ),
        (
            "empty signed-by", "deb [signed-by=] http://deb.example.org trixie main",
            "must name a keyring file"
        ),
        ("open bracket", "deb [signed-by=/a http://deb.example.org trixie main", "not closed"),
        ("options on system", "deb [signed-by=/a] system trixie main", "takes its keyring from apt"),
        ("sources", "deb-src http://deb.example.org trixie main", "sources are not needed"),
        ("password in the URL", "deb http://me:secret@deb.example.org trixie main", "password"),
        ("another scheme", "deb ftp://deb.example.org trixie main", "begins with"),
        ("no host", "deb http:///debian trixie main", "no host"),
        ("a file of another host", "deb file://host/debian trixie main", "begins with"),
        ("query in the URL", "deb http://deb.example.org/?a trixie main", "character"),
        ("flat repository", "deb http://deb.example.org ./ main", "flat"),
        ("suite that climbs", "deb http://deb.example.org ../../etc main", "no suite's name"),
        ("component that climbs", "deb http://deb.example.org trixie ../main", "no component's name"),
        ("component twice", "deb system trixie main main", "named twice"),
        ("no component", "deb system trixie", "must follow the suite"),
        ("bare system", "deb system", "must follow 'system'"),
        ("nothing", "deb", "must follow 'deb'"),
    ]) func refused(_ name: String, _ text: String, _ says: String) {
        let error = #expect(throws: RepositoryLineError.self, "\(name)") { try RepositoryLine(parsing: text) }
        #expect(error?.reason.contains(says) == true, "\(name): \(error?.reason ?? "")")
    }
}

@Suite struct ShellWordsTests {
    @Test(arguments: [
        ("a b", ["a", "b"]), ("", []), ("  ", []), ("'a b' \"c d\"", ["a b", "c d"]), ("a'b'\"c\"", ["abc"]),
        ("''", [""]), ("a\\ b", ["a b"]), ("\"a\\\"b\"", ["a\"b"]), ("'a\\b'", ["a\\b"]), ("a # b", ["a"]),
        ("a#b", ["a#b"]), ("a\nb\tc", ["a", "b", "c"]), ("$A `b` *", ["$A", "`b`", "*"]),
        ("é 日本", ["é", "日本"]),
    ]) func words(_ line: String, _ words: [String]) throws {
        #expect(try ShellWords.split(line) == words)
    }

    @Test func openQuotesAndBackslashes() {
        #expect(throws: ShellWords.SplitError.unterminatedQuote("'")) { try ShellWords.split("a 'b") }
        #expect(throws: ShellWords.SplitError.unterminatedQuote("\"")) { try ShellWords.split("a \"b\\") }
        #expect(throws: ShellWords.SplitError.trailingBackslash) { try ShellWords.split("a \\") }
    }
}
