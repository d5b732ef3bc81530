// SPDX-License-Identifier: Apache-2.0
import Testing
import Vocabulary

@testable import Resolving

@Suite struct ExplanationTests {
    private static let world = """
        app 1; depends: tools, lib (>= 2)
        tools 1; depends: mid, adduser
        mid 1; depends: lib
        lib 2; pre-depends: libc6
        other 3; depends: lib
        adduser 3
        libc6 2
        libc-bin 2
        base-files 13
        base-passwd 3
        """

    private func explanation() throws -> Explanation {
        let definition = ResolvingHouse.definition("app other>=1")
        let (lock, _) = try Resolver().resolve(definition, snapshots: ResolvingHouse.snapshots([Self.world]))
        return Explanation(lock.content.architectures[0], definition: definition)
    }

    private func why(_ name: String) throws -> String {
        try explanation().why(try #require(PackageName(name))).description
    }

    @Test func theShortestWayFromEachRequest() throws {
        #expect(
            try why("libc6") == """
                libc6 2 is in the image
                  image.yaml:10:7: asks for app
                    app 1
                    lib 2 (depends on lib (>= 2))
                    libc6 2 (pre-depends on libc6)
                  image.yaml:11:7: asks for other>=1
                    other 3
                    lib 2 (depends on lib)
                    libc6 2 (pre-depends on libc6)

                """)
    }

    @Test func aRequestIsItsOwnReason() throws {
        #expect(
            try why("app") == """
                app 1 is in the image
                  image.yaml:10:7: asks for app
                    app 1

                """)
    }

    @Test func whatIsLeftOutHasItsWanters() throws {
        #expect(
            try why("adduser") == """
                adduser is left out: creates system users while packages are installed; the image gets its accounts from a table
                  wanted by tools: Depends adduser
                  image.yaml:10:7: asks for app
                    app 1
                    tools 1 (depends on tools)
                to have it, add it to contents.keep

                """)
    }

    @Test func whatComesUnasked() throws {
        #expect(
            try why("base-files") == """
                base-files 13 is in the image
                  every image has it
                    base-files 13

                """)
        #expect(try why("libc-bin").hasPrefix("libc-bin 2 is in the image as data: the C.UTF-8 locale"))
        #expect(
            try why("nothing")
                == "nothing is not in the image: nothing in it depends on it; to have it, add it to contents.packages\n"
        )
    }

    @Test func theTreeShowsEachDependencyOnce() throws {
        let lines = try explanation().tree().map { line in
            String(repeating: "  ", count: line.depth) + "\(line.name) \(line.version)"
                + (line.isRepeated ? " …" : "")
                + (line.role == .dataOnly ? " (data)" : "") + (line.request.map { " <- \($0)" } ?? "")
        }
        #expect(
            lines == [
                "app 1 <- app", "  tools 1", "    mid 1", "      lib 2", "        libc6 2", "  lib 2 …",
                "base-files 13", "base-passwd 3 (data)", "libc-bin 2 (data)", "other 3 <- other>=1",
                "  lib 2 …",
            ])
    }
}
