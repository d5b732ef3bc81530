// SPDX-License-Identifier: Apache-2.0
import Composing
import TestHouse
import Testing
import Vocabulary

/// One path, two packages of the Alpine family (reference, appendix C, 4 and 5).
@Suite struct AlpineConflictTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var one: [String] = []
        var two: [String] = []
        var origins = ("one", "two")
        /// Who keeps the file; nil where both are refused.
        var keeper: String?
    }

    /// `two` depends on `one` and is installed after it.
    static let cases = [
        Case(testDescription: "nobody gives way", keeper: nil),
        Case(testDescription: "the newer replaces the older", two: ["replaces = one"], keeper: "two"),
        Case(testDescription: "the older replaces the newer", one: ["replaces = two"], keeper: "one"),
        Case(testDescription: "of a version that it has", two: ["replaces = one<2"], keeper: "two"),
        Case(testDescription: "of a version that it has not", two: ["replaces = one>2"], keeper: nil),
        Case(
            testDescription: "each the other, the higher priority wins",
            one: ["replaces = two", "replaces_priority = 10"],
            two: ["replaces = one", "replaces_priority = 2"],
            keeper: "one"),
        Case(
            testDescription: "each the other with one priority, the older stays",
            one: ["replaces = two"], two: ["replaces = one"], keeper: "one"),
        Case(testDescription: "one origin, the newer wins", origins: ("src", "src"), keeper: "two"),
        Case(
            testDescription: "replaces comes before origin", one: ["replaces = two"], origins: ("src", "src"),
            keeper: "one"),
    ]

    @Test(arguments: cases) func conflicts(_ test: Case) async throws {
        let files = try ApkFiles()
        let packages = [
            try files.make(
                "one", origin: test.origins.0, files: "mkdir etc; echo 1 > etc/x; echo 1 > etc/one"
            ) {
                $0.info = test.one
            },
            try files.make("two", needs: ["one"], origin: test.origins.1, files: "mkdir etc; echo 2 > etc/x")
            {
                $0.info = test.two
            },
        ]
        guard let keeper = test.keeper else {
            let error = await #expect(throws: ComposingError.self) {
                _ = try await AlpineImages.compose(packages)
            }
            #expect(
                error?.description
                    == "one and two both ship /etc/x, with different content, and neither replaces "
                    + "the other; leave one of them out")
            return
        }
        let house = try ComposingHouse()
        let image = try await AlpineImages.compose(packages, in: house)
        #expect(
            AlpineImages.listing(image) == ["-0644 0:0 /etc/one [one]", "-0644 0:0 /etc/x [\(keeper)]"])
        #expect(try house.content("etc/x", of: image) == (keeper == "one" ? "1\n" : "2\n"))
        let records = try house.content("usr/lib/apk/db/installed", of: image).components("\n\n")
        #expect(records.filter { $0.contains("R:x\n") }.count == 1)
        #expect(records.first { $0.contains("R:x\n") }?.contains("P:\(keeper)\n") == true)
    }

    @Test func equalContentIsTheFirstPackages() async throws {
        let files = try ApkFiles()
        let image = try await AlpineImages.compose([
            try files.make("b", files: "mkdir etc; echo 1 > etc/x"),
            try files.make("a", needs: ["b"], files: "mkdir etc; echo 1 > etc/x"),
        ])
        #expect(AlpineImages.listing(image) == ["-0644 0:0 /etc/x [b]"])
    }

    /// Names decide the order where nothing depends on anything, so both orders are here.
    @Test(arguments: [("a-layout", "z-tool"), ("z-layout", "a-tool")]) func mergedDirectoriesInEitherOrder(
        _ layout: String, _ tool: String
    ) async throws {
        let house = try ComposingHouse()
        let files = try ApkFiles()
        let image = try await AlpineImages.compose(
            [
                try files.make(
                    layout,
                    files:
                        "mkdir -p usr/bin usr/lib; ln -s usr/bin bin; ln -s usr/lib lib; ln -s usr/lib lib64; "
                        + "ln -s bin usr/sbin; ln -s usr/sbin sbin"),
                try files.make(
                    tool,
                    files:
                        "mkdir -p bin sbin lib64/x; echo t > bin/tool; ln -s tool bin/other; echo s > sbin/server; "
                        + "echo l > lib64/x/l; ln bin/tool bin/same"),
            ], in: house)
        #expect(
            AlpineImages.listing(image) == [
                "l0777 0:0 /bin -> usr/bin [\(layout)]", "l0777 0:0 /lib64 -> usr/lib [\(layout)]",
                "l0777 0:0 /sbin -> usr/sbin [\(layout)]", "d0755 0:0 /usr/bin [\(layout)]",
                "l0777 0:0 /usr/bin/other -> tool [\(tool)]", "-0644 0:0 /usr/bin/same [\(tool)]",
                "-0644 0:0 /usr/bin/server [\(tool)]", "h0644 0:0 /usr/bin/tool -> usr/bin/same [\(tool)]",
                "d0755 0:0 /usr/lib/x [\(tool)]", "-0644 0:0 /usr/lib/x/l [\(tool)]",
                "l0777 0:0 /usr/sbin -> bin [\(layout)]",
            ])
        #expect(image.file("lib")?.target == "usr/lib" && image.file("lib/apk") == nil)
        #expect(try house.content("usr/bin/server", of: image) == "s\n")
        // apk compares the next version's paths with these, so they stay the package's own.
        #expect(try house.content("usr/lib/apk/db/installed", of: image).contains("F:sbin\nR:server\n"))
    }

    @Test(arguments: [
        ("ln -s b a; ln -s a b", "a circle"), ("ln -s a a", "itself"), ("ln -s a/c a", "below itself"),
        ("mkdir d; echo x > d/f; ln -s d/f a", "a file"),
    ]) func linksThatLeadToNoDirectoryAreRefused(_ links: String, _ what: String) async throws {
        let files = try ApkFiles()
        let error = await #expect(throws: ComposingError.self) {
            _ = try await AlpineImages.compose([
                try files.make("links", files: links), try files.make("tool", files: "mkdir a; echo x > a/x"),
            ])
        }
        let text = error?.description ?? ""
        #expect(text.contains("links") && text.contains("tool") && text.contains("/a"))
    }

    @Test func theLastPackageOfADirectoryDecides() async throws {
        let files = try ApkFiles()
        let image = try await AlpineImages.compose([
            try files.make("a", needs: ["b"], files: "mkdir -m 750 d; echo 1 > d/1"),
            try files.make("b", files: "mkdir -m 700 d; echo 2 > d/2"),
        ])
        #expect(AlpineImages.listing(image).first == "d0750 0:0 /d [a]")
        #expect(image.messages("directory-differs") == ["/d is 0700 0:0 as b has it; a has 0750 0:0"])
    }
}

extension String {
    func components(_ separator: String) -> [String] {
        var (parts, rest): ([String], Substring) = ([], self[...])
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
