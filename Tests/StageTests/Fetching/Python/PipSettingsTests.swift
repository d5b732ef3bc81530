// SPDX-License-Identifier: Apache-2.0

import Storage
import TestHouse
import Testing
import Vocabulary

@testable import Fetching

/// Where pip looks: files and variables, each winning over those before it.
@Suite struct PipSettingsTests {
    private struct Scene {
        let scratch: Scratch
        var environment: [String: String] = [:]

        init() throws { scratch = try Scratch() }

        func write(_ path: String, _ text: String) throws -> String {
            let file = HostPath("\(scratch.path)/\(path)")
            try HostDirectory.create(file.parent)
            try AtomicFile.replace(file, with: Array(text.utf8))
            return file.text
        }

        func places() async throws -> [String] {
            try await PipSettings(
                environment: environment, machineFiles: [HostPath("\(scratch.path)/etc/pip.conf")]
            ).indexes().map(\.place)
        }
    }

    @Test func theNearerFileWinsAndAVariableWinsOverAll() async throws {
        var scene = try Scene()
        _ = try scene.write("etc/pip.conf", "[global]\nindex-url = https://machine.example.org/simple/\n")
        #expect(try await scene.places() == ["https://machine.example.org/simple"])
        scene.environment["HOME"] = "\(scene.scratch.path)/home"
        _ = try scene.write("home/.pip/pip.conf", "[global]\nindex_url: https://old.example.org/s\n")
        #expect(try await scene.places() == ["https://old.example.org/s"])
        _ = try scene.write("home/.config/pip/pip.conf", "[global]\nIndex-URL=https://user.example.org/s\n")
        #expect(try await scene.places() == ["https://user.example.org/s"])
        scene.environment["VIRTUAL_ENV"] = "\(scene.scratch.path)/venv"
        _ = try scene.write("venv/pip.conf", "[download]\nindex-url = https://venv.example.org/s\n")
        #expect(try await scene.places() == ["https://venv.example.org/s"])
        scene.environment["PIP_INDEX_URL"] = "https://variable.example.org/s"
        #expect(try await scene.places() == ["https://variable.example.org/s"])
    }

    @Test func aNamedFileTakesThePlaceOfTheUsers() async throws {
        var scene = try Scene()
        scene.environment["HOME"] = "\(scene.scratch.path)/home"
        _ = try scene.write(
            "home/.config/pip/pip.conf",
            "[global]\nindex-url = https://user.example.org/s\nextra-index-url = https://user.example.org/x\n"
        )
        scene.environment["PIP_CONFIG_FILE"] = try scene.write(
            "named.conf", "[global]\nindex-url = https://named.example.org/s\n")
        #expect(try await scene.places() == ["https://named.example.org/s"])
    }

    @Test func furtherIndexesComeAfterTheFirstAndOnce() async throws {
        var scene = try Scene()
        _ = try scene.write(
            "etc/pip.conf",
            """
            # comment
            [global]
            index-url = https://a.example.org/simple
            ; comment
            extra-index-url =
                https://b.example.org/simple/
                https://a.example.org/simple
            [install]
            index-url = https://not.example.org/
            """)
        #expect(
            try await scene.places() == ["https://a.example.org/simple", "https://b.example.org/simple"])
        scene.environment["PIP_EXTRA_INDEX_URL"] = "file:///srv/index /srv/other/"
        #expect(
            try await scene.places() == [
                "https://a.example.org/simple", "file:///srv/index", "file:///srv/other",
            ])
    }

    @Test(arguments: [
        ("a password without TLS", "http://user:geheim@example.org/simple"),
        ("no URL", "ftp://user:geheim@example.org/simple"),
        ("a blank", "https://user:geheim@exa mple.org/"),
    ])
    func anIndexThatCannotBeAskedIsRefusedAndItsPasswordNotShown(_ given: (String, String)) async throws {
        var scene = try Scene()
        scene.environment["PIP_INDEX_URL"] = given.1
        let error = await #expect(throws: FetchingError.self) { try await scene.places() }
        #expect(error?.kind == "pip")
        #expect(error?.description.contains("geheim") == false)
        #expect(error?.description.contains("user") == false)
    }

    @Test func noIndexIsAnError() async throws {
        var scene = try Scene()
        scene.environment["PIP_INDEX_URL"] = "https://example.org/simple"
        scene.environment["PIP_NO_INDEX"] = "true"
        await #expect(throws: FetchingError.self) { try await scene.places() }
    }

    @Test func withoutAnyPipsOwnIndexIsTaken() async throws {
        let scene = try Scene()
        let places = try await scene.places()
        #expect(places.count == 1)
        #expect(places[0].hasPrefix("https://"))
    }

    @Test(
        arguments: [
            ("../../p/x.tar.gz", "https://example.org/p/x.tar.gz"),
            ("https://files.example.org/x", "https://files.example.org/x"),
            ("//files.example.org/x#sha256=1", "https://files.example.org/x"),
            ("/x", "https://example.org/x"), ("x y", nil),
            ("file:///etc/passwd", nil), ("http://files.example.org/x", nil), ("https://127.0.0.1/x", nil),
            ("//169.254.169.254/x", nil), ("https://2852039166/x", nil),
            ("javascript:x", "https://example.org/simple/p/javascript:x"),
        ] as [(String, String?)])
    func aLinkIsReadFromItsPage(_ pair: (String, String?)) throws {
        let index = try #require(PythonIndex("https://user:geheim@example.org/simple/"))
        #expect(index.place == "https://example.org/simple")
        #expect(index.url(of: pair.0, on: "https://example.org/simple/p/") == pair.1)
    }

    @Test func aPasswordGoesToTheIndexsOwnHostAlone() throws {
        let index = try #require(PythonIndex("https://user:geheim@example.org/simple/"))
        #expect(index.pageFields.contains { $0.0 == "Authorization" && $0.1 == "Basic dXNlcjpnZWhlaW0=" })
        #expect(index.fields(for: "https://example.org/p/x").count == 1)
        for other in ["https://example.org:444/p/x", "http://example.org/p/x", "https://files.example.org/x"]
        {
            #expect(index.fields(for: other).isEmpty, "\(other)")
        }
    }
}
