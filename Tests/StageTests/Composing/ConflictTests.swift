// SPDX-License-Identifier: Apache-2.0
import Composing
import TestHouse
import Testing
import Vocabulary

/// One path, two packages.
@Suite struct ConflictTests {
    private func compose(
        _ first: (files: String, fields: [String]), _ second: (files: String, fields: [String])
    ) async throws -> ComposedImage {
        let files = try PackageFiles()
        return try await ComposingHouse().compose([
            try files.make("one", fields: first.fields, files: first.files),
            try files.make("two", fields: second.fields, files: second.files),
        ])
    }

    @Test func differentContentIsRefusedAndBothAreNamed() async throws {
        let error = await #expect(throws: ComposingError.self) {
            _ = try await compose(
                ("mkdir -p lib; echo 1 > lib/x", []), ("mkdir -p usr/lib; echo 2 > usr/lib/x", []))
        }
        #expect(
            error?.description
                == "one and two both ship /usr/lib/x, with different content, and neither replaces the "
                + "other; leave one of them out")
    }

    @Test func equalContentIsOneFile() async throws {
        let image = try await compose(("echo 1 > x; ln -s x y", []), ("echo 1 > x; ln -s x y", []))
        #expect(ComposingHouse.listing(image) == ["-0644 0:0 /x [one]", "l0777 0:0 /y -> x [one]"])
        #expect(image.messages("file-shared").count == 2)
    }

    @Test(arguments: [
        ("Replaces: one", true), ("Replaces: one (<< 2)", true), ("Replaces: other, one (= 1.0-1)", true),
        ("Replaces: one (>> 1.0-1)", false), ("Replaces: three", false),
    ]) func replacesDecides(_ field: String, _ wins: Bool) async throws {
        guard wins else {
            await #expect(throws: ComposingError.self) {
                _ = try await compose(("echo 1 > x; echo 1 > only", []), ("echo 2 > x", [field]))
            }
            return
        }
        let image = try await compose(("echo 1 > x; echo 1 > only", []), ("echo 2 > x", [field]))
        #expect(ComposingHouse.listing(image) == ["-0644 0:0 /only [one]", "-0644 0:0 /x [two]"])
        #expect(image.messages("file-replaced") == ["two replaces /x of one"])
    }

    @Test func theLoserIsNotInTheLayer() async throws {
        let house = try ComposingHouse()
        let files = try PackageFiles()
        let image = try await house.compose([
            try files.make("one", files: "echo 1 > x; echo 1 > only"),
            try files.make("two", fields: ["Replaces: one"], files: "echo 2 > x"),
        ])
        #expect(try house.content("x", of: image) == "2\n")
        #expect(try house.content("only", of: image) == "1\n")
        #expect(try house.content("var/lib/dpkg/status.d/one.md5sums", of: image).hasSuffix("  only\n"))
        #expect(!(try house.content("var/lib/dpkg/status.d/one.md5sums", of: image).contains("  x\n")))
    }

    @Test func aDirectoryIsSharedAndTheFirstPackageDecides() async throws {
        let image = try await compose(
            ("mkdir -m 700 d; echo 1 > d/1", []), ("mkdir -m 750 d; echo 2 > d/2", []))
        #expect(
            ComposingHouse.listing(image) == [
                "d0700 0:0 /d [one]", "-0644 0:0 /d/1 [one]", "-0644 0:0 /d/2 [two]",
            ])
        #expect(image.messages("directory-differs") == ["/d is 0700 0:0 as one has it; two has 0750 0:0"])
    }

    @Test(arguments: [
        ("mkdir d; echo 1 > d/1", "ln -s /etc d"), ("ln -s /etc d", "mkdir d; echo 1 > d/1"),
        ("echo 1 > d", "mkdir d; echo 1 > d/1"), ("mkdir d", "echo 1 > d"),
    ]) func aDirectoryAndSomethingElseAreRefused(_ first: String, _ second: String) async throws {
        let error = await #expect(throws: ComposingError.self) {
            _ = try await compose((first, []), (second, []))
        }
        let text = error?.description ?? ""
        #expect(text.contains("one") && text.contains("two") && text.contains("/d"))
    }

    @Test func hardLinksOfALoserAreRefused() async throws {
        await #expect(throws: ComposingError.danglingHardLink(ImagePath("b") ?? .root, "one", target: "a")) {
            _ = try await compose(("echo 1 > a; ln a b", []), ("echo 2 > a", ["Replaces: one"]))
        }
    }
}
