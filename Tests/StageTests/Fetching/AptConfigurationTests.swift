// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

@testable import Fetching

@Suite struct AptConfigurationTests {
    static func lines(_ sources: [AptSource]) -> [String] {
        sources.map { source in
            let keys =
                switch source.keyring {
                case .machine: "machine"
                case .files(let files): files.map(\.text).joined(separator: "+")
                case .unsupported: "unsupported"
                }
            return "\(source.place.line) \(source.url) \(source.suites.joined(separator: ",")) \(keys)"
        }
    }

    @Test(arguments: [
        (
            "plain", "deb http://deb.example.org/debian/ trixie main",
            ["1 http://deb.example.org/debian trixie machine"]
        ),
        (
            "comments", "# deb http://a b c\n\ndeb http://deb.example.org x main # why",
            ["3 http://deb.example.org x machine"]
        ),
        (
            "options", "deb [ arch=amd64 signed-by=/k/a.gpg,/k/b.asc ] http://deb.example.org x main",
            ["1 http://deb.example.org x /k/a.gpg+/k/b.asc"]
        ),
        (
            "fingerprint", "deb [signed-by=ABCDEF] http://deb.example.org x main",
            ["1 http://deb.example.org x unsupported"]
        ),
        ("sources", "deb-src http://deb.example.org x main", []),
        ("tabs", "deb\thttp://deb.example.org\tx\tmain", ["1 http://deb.example.org x machine"]),
        ("flat", "deb [trusted=yes] file:/srv ./", ["1 file:/srv . machine"]),
    ]) func oneLineFormat(_ name: String, _ text: String, _ means: [String]) throws {
        #expect(
            Self.lines(try AptSourceParser.list(text, file: "x.list")).map { $0.replacing("./", with: ".") }
                == means, "\(name)")
    }

    @Test(arguments: [
        (
            "two of all",
            "Types: deb deb-src\nURIs: http://a.example.org/ http://b.example.org\nSuites: x y\nComponents: main\nSigned-By: /k.gpg\n",
            ["1 http://a.example.org x,y /k.gpg", "1 http://b.example.org x,y /k.gpg"]
        ),
        (
            "comment inside the stanza",
            "Types: deb\n# URIs: http://old.example.org\nURIs: http://deb.example.org\nSuites: x\n",
            ["1 http://deb.example.org x machine"]
        ),
        ("switched off", "Types: deb\nURIs: http://deb.example.org\nSuites: x\nEnabled: no\n", []),
        (
            "switched on", "Enabled: yes\nTypes: deb\nURIs: http://deb.example.org\nSuites: x\n",
            ["1 http://deb.example.org x machine"]
        ),
        ("sources only", "Types: deb-src\nURIs: http://deb.example.org\nSuites: x\n", []),
        (
            "lower case and folded", "types: deb\nuris: http://deb.example.org\nsuites: x\n y\n z\n",
            ["1 http://deb.example.org x,y,z machine"]
        ),
        (
            "key in the file",
            "Types: deb\nURIs: http://deb.example.org\nSuites: x\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n",
            ["1 http://deb.example.org x unsupported"]
        ),
        (
            "fingerprint", "Types: deb\nURIs: http://deb.example.org\nSuites: x\nSigned-By: ABCDEF0123\n",
            ["1 http://deb.example.org x unsupported"]
        ),
        (
            "second stanza",
            "\n\nTypes: deb\nURIs: http://a.example.org\nSuites: x\n\nTypes: deb\nURIs: http://b.example.org\nSuites: y\n",
            ["3 http://a.example.org x machine", "7 http://b.example.org y machine"]
        ),
    ]) func deb822Format(_ name: String, _ text: String, _ means: [String]) throws {
        #expect(
            Self.lines(try AptSourceParser.sources(Array(text.utf8), file: "x.sources")) == means, "\(name)")
    }

    @Test(arguments: ["rpm http://a b c", "deb [a http://b c", "deb http://a", "deb"]) func brokenLines(
        _ text: String
    ) {
        let error = #expect(throws: FetchingError.self) {
            try AptSourceParser.list("\n" + text, file: "x.list")
        }
        #expect(error?.description.hasPrefix("x.list:2:1: ") == true)
    }

    @Test func settingsOfADump() {
        let settings = AptSettings(
            dump: """
                APT "";
                Dir "/";
                Dir::Etc "etc/apt";
                Dir::Etc::sourcelist "sources.list";
                Acquire::Check-Valid-Until "false";
                Acquire::Languages:: "none";
                acquire::CHECK-date "Off";
                Acquire::http::Proxy "http://proxy.example.org:3128/";
                nonsense
                X "a";
                X "b \\" c";
                """)
        #expect(settings.flag("Acquire::Check-Valid-Until", default: true) == false)
        #expect(settings.flag("Acquire::Check-Date", default: true) == false)
        #expect(settings.flag("Acquire::Other", default: true) == true)
        #expect(settings["Acquire::HTTP::proxy"] == "http://proxy.example.org:3128/")
        #expect(settings["APT"] == nil && settings["Acquire::Languages"] == nil)
        #expect(settings["X"] == "b \\\" c")
        #expect(
            settings.path("Dir", "Dir::Etc", "Dir::Etc::sourcelist", default: "no") == "/etc/apt/sources.list"
        )
        #expect(settings.path("Dir", "Dir::Etc", "Dir::Etc::parts", default: "parts.d") == "/etc/apt/parts.d")
    }

    @Test func filesInAptsOrder() throws {
        let scratch = try Scratch()
        try scratch.sh(
            """
            mkdir -p sources.list.d trusted.gpg.d
            echo 'deb http://first.example.org x main' > sources.list
            echo 'deb http://third.example.org x main' > sources.list.d/b.list
            printf 'Types: deb\\nURIs: http://second.example.org\\nSuites: x\\n' > sources.list.d/a.sources
            echo 'deb http://off.example.org x main' > sources.list.d/c.list.disabled
            echo 'deb http://off.example.org x main' > 'sources.list.d/c d.list'
            echo key > trusted.gpg.d/b.asc; echo key > trusted.gpg.d/a.gpg; : > trusted.gpg
            """)
        let settings = AptSettings(
            dump: """
                Dir "/";
                Dir::Etc "\(scratch.path)";
                Acquire::Check-Date "false";
                """)
        let apt = try AptConfiguration.read(settings: settings)
        #expect(apt.sources.map(\.url) == ["first", "second", "third"].map { "http://\($0).example.org" })
        #expect(apt.trustedKeyrings.map(\.name) == ["a.gpg", "b.asc"])
        // apt.conf(5): without the date, Valid-Until means nothing.
        #expect(apt.checksDate == false && apt.checksValidUntil == false)
    }

    /// Damaged files of apt: each is read or refused with its place, none ends the process.
    @Test func mutations() {
        let list =
            "deb [ arch=amd64 signed-by=/k/a.gpg,/k/b.asc ] http://deb.example.org/debian trixie main # why\n"
        let sources = """
            Types: deb deb-src
            # a comment
            URIs: http://deb.example.org
            Suites: x y
            Signed-By:
             -----BEGIN PGP PUBLIC KEY BLOCK-----
             .
             abc

            """
        let tokens = ["[", "]", "=", "#", "\n\n", "\n ", "deb ", "\t", "\u{0}", "é", ":", ","]
        var refused = 0
        for bytes in Mutations(of: Array(list.utf8), tokens: tokens, count: 2_000, seed: 41) {
            do { _ = try AptSourceParser.list(String(decoding: bytes, as: UTF8.self), file: "x") } catch {
                refused += 1
            }
        }
        for bytes in Mutations(of: Array(sources.utf8), tokens: tokens, count: 2_000, seed: 42) {
            do { _ = try AptSourceParser.sources(bytes, file: "x") } catch { refused += 1 }
        }
        #expect(refused > 500, "\(refused)")
    }
}
