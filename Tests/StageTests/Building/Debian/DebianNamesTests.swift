// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Building

@Suite struct DebianNamesTests {
    @Test(
        "a recipe's name in Debian's spelling (Policy 5.6.1)",
        arguments: [
            ("zlib", "zlib"), ("Lib_X", "lib-x"), ("c++", "c++"), ("py3.13-yaml", "py3.13-yaml"),
            ("7z", "7z"),
            ("r", nil), ("so:libz.so.1", nil), ("-a", nil),
        ] as [(String, String?)])
    func names(_ name: String, _ expected: String?) throws {
        let name = try #require(PackageName(name))
        #expect((try? DebianNames.name(name))?.text == expected)
    }

    @Test(
        "a recipe's version in Debian's spelling (Policy 5.6.12)",
        arguments: [
            ("5.4.7-r0", "5.4.7-r0"), ("1.0_rc1-r3", "1.0~rc1-r3"),
            ("1.0_alpha_pre2-r0", "1.0~alpha~pre2-r0"),
            ("1.0_p2-r0", "1.0+p2-r0"), ("2_git20260101-r1", "2+git20260101-r1"), ("1.2a", "1.2a"),
            ("1~0abc-r0", "1+0abc-r0"), ("x1-r0", nil), ("-r0", nil),
        ] as [(String, String?)])
    func versions(_ version: String, _ expected: String?) {
        #expect((try? DebianNames.version(version))?.text == expected)
    }

    @Test("versions stand in the order that apk has for them")
    func order() throws {
        let ordered = [
            "1.0_alpha-r0", "1.0_alpha2-r0", "1.0_beta-r0", "1.0_pre1-r0", "1.0_rc1-r0", "1.0_rc2-r0",
            "1.0-r0",
            "1.0-r1", "1.0-r2", "1.0-r10", "1.0_p1-r0", "1.0_p2-r0", "1.0.1-r0", "1.1-r0", "1.10-r0",
        ]
        for (left, right) in zip(ordered, ordered.dropFirst()) {
            let apk = (try #require(AlpineVersion(left)), try #require(AlpineVersion(right)))
            #expect(apk.0.order(against: apk.1) < 0, "\(left) \(right)")
            #expect(try DebianNames.version(left) < DebianNames.version(right), "\(left) \(right)")
        }
    }

    @Test("a recipe's release is newer than a distribution's of the same upstream version")
    func distribution() throws {
        let distributions = try #require(DebianVersion("5.4.7-12+deb13u3"))
        #expect(try distributions < DebianNames.version("5.4.7-r0"))
    }

    @Test("of several versions of one relation the highest counts, and what is implied is not said")
    func relations() {
        var list = DebianRelationList()
        list.add("libc6 #MINVER#", atLeast: DebianVersion("2.34"))
        list.add("libc6 #MINVER#", atLeast: DebianVersion("2.5"))
        list.add("libc6")
        list.add("liba1 #MINVER#,  liba1 (<< 2)", atLeast: DebianVersion("1:1.0"))
        list.add("libz1 | libz-ng1")
        list.add("libn #MINVER#", atLeast: nil)
        #expect(
            list.relations == [
                "liba1 (<< 2)", "liba1 (>= 1:1.0)", "libc6 (>= 2.34)", "libn", "libz1 | libz-ng1",
            ])
    }

    @Test(
        "a soname's parts as shlibs has them",
        arguments: [
            ("libz.so.1", ["libz", "1"]), ("libdb-5.3.so", ["libdb", "5.3"]),
            ("ld-linux-x86-64.so.2", ["ld-linux-x86-64", "2"]),
            ("libboost-a-1.8.so", ["libboost-a", "1.8"]), ("libplain.so", nil), ("plugin", nil),
        ] as [(String, [String]?)])
    func sonames(_ soname: String, _ parts: [String]?) { #expect(LibraryRules.parts(soname) == parts) }

    @Test("symbols and shlibs are read as their packages write them")
    func rules() {
        let symbols = """
            libw.so.1 libw1 #MINVER#
            | libw1 (>> 3), libw1 (<< 4)
            * Build-Depends-Package: libw-dev
             old@Base 1.0
             new@W_2 2.0
             (optional)maybe@Base 1.5
             private@W_PRIVATE 0 1
            #MISSING: 2# gone@Base 1.0
            libv.so.2 libv2 #MINVER#, libv-data

            """
        let rules = LibraryRules(
            symbols: Array(symbols.utf8),
            shlibs: Array("udeb: libw 1 libw1-udeb\n# x\nlibs 3 libs3 (>= 1)\n".utf8))
        #expect(rules.libraries["libw.so.1"]?.templates == ["libw1 #MINVER#", "libw1 (>> 3), libw1 (<< 4)"])
        #expect(rules.libraries["libw.so.1"]?.smallest?.text == "1.0")
        #expect(
            rules.libraries["libw.so.1"]?.symbols.keys.sorted() == [
                "maybe@Base", "new@W_2", "old@Base", "private@W_PRIVATE",
            ])
        #expect(rules.libraries["libw.so.1"]?.symbols["private@W_PRIVATE"]?.template == 1)
        #expect(rules.libraries["libv.so.2"]?.smallest == nil)
        #expect(rules.relations(of: "libs.so.3") == "libs3 (>= 1)" && rules.relations(of: "libw.so.1") == nil)
    }
}
