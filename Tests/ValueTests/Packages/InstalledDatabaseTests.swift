// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

/// apk's database of what is installed, as apk-tools and as apko write it.
@Suite struct InstalledDatabaseTests {
    private static let text = """
        C:Q1cs+Hlyu5sY+1mmwKPedcRWj8E24=
        P:layout
        V:1.0.0-r0
        A:x86_64
        S:2330
        I:2899
        T:folders
        L:MIT
        o:layout
        t:0
        i:[]
        F:
        R:top
        F:etc
        M:501:20:0755
        R:os-release
        a:501:20:0644
        Z:Q1KhFxtJsuPVmrrXKMewSAc2/3kus=
        R:passwd
        F:var

        C:Q1Vl3vU8cV22CofaOpqDJHyDPEzH8=
        P:tool
        V:2-r1
        A:x86_64
        S:1
        I:1
        T:a tool
        L:MIT
        D:layout so:libc.so.6
        p:cmd:tool=2-r1
        F:etc
        R:tool.conf
        F:usr/bin
        R:tool
        a:0:0:0755

        """

    private let database = InstalledDatabase(Array(text.utf8))

    @Test func packagesAreRecordsAsInAnIndex() throws {
        let index = try database.index()
        #expect(
            (0..<index.count).map { index.record(at: $0) }.map { "\($0.name) \($0.version)" } == [
                "layout 1.0.0-r0", "tool 2-r1",
            ])
        let tool = try #require(index.records(named: "tool").first)
        #expect(tool[.depends] == "layout so:libc.so.6" && tool[.provides] == "cmd:tool=2-r1")
        #expect(tool.unknownField == nil, "lines of files are none of the package's fields")
    }

    @Test func everyPathBelongsToThePackageThatNamesItLast() throws {
        let owners = database.owners()
        func owner(_ path: String) throws -> String? { owners[try #require(ImagePath(path))]?.text }
        #expect(try owner("top") == "layout")
        #expect(try owner("etc/os-release") == "layout")
        #expect(try owner("etc") == "tool", "both have the directory")
        #expect(try owner("usr/bin/tool") == "tool")
        #expect(try owner("usr") == nil)
    }

    @Test func aFileThatWentToAnotherPackageIsLeftOutWithWhatIsSaidOfIt() throws {
        let kept = String(
            decoding: database.losing([try #require(ImagePath("etc/os-release"))]), as: UTF8.self)
        #expect(
            kept
                == Self.text.replacing(
                    "R:os-release\na:501:20:0644\nZ:Q1KhFxtJsuPVmrrXKMewSAc2/3kus=\n", with: ""))
        #expect(database.losing([]) == Array(Self.text.utf8))
    }

    /// Whatever stands there, reading ends, and what is kept is never more than what was there.
    @Test func mutations() {
        let tokens = ["P:", "F:", "R:", "a:", "Z:", "M:", "\n", "\n\n", "/", "..", "\u{0}", ":", "etc"]
        for bytes in Mutations(of: Array(Self.text.utf8), tokens: tokens, count: 2_000, seed: 20) {
            let database = InstalledDatabase(bytes)
            _ = try? database.index()
            #expect(database.losing(Set(database.owners().keys)).count <= bytes.count + 1)
        }
    }
}
