// SPDX-License-Identifier: Apache-2.0

import Archives
import TestHouse
import Testing

/// What programs ask libraries for, against readelf, and files that are damaged on purpose.
@Suite(.enabled(if: Tool.exists("cc") && Tool.exists("readelf"), "needs a C compiler and readelf"))
struct WantedSymbolsTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try scratch.write(
            Array(
                "#include <stdio.h>\n#include <stdlib.h>\nextern int other(int);\nint own(int a) { return other(a) + rand(); }\nint main(void) { printf(\"%d\", own(1)); return 0; }"
                    .utf8), to: "m.c")
    }

    private func symbols(_ bytes: [UInt8]) -> [String] {
        bytes.withUnsafeBytes { ELFReader.wantedSymbols(of: $0) }
    }

    private static let kinds = [
        "-shared -fPIC", "-shared -fPIC -Wl,--hash-style=sysv", "-shared -fPIC -Wl,--hash-style=gnu",
        "-shared -fPIC -s", "-pie -fPIE -Wl,--unresolved-symbols=ignore-all",
    ]

    @Test("they are what readelf lists as undefined", arguments: kinds)
    func readelf(_ options: String) throws {
        try scratch.sh("cc \(options) -o m m.c")
        let listed = String(
            decoding: try scratch.sh(
                "readelf --dyn-syms -W m | awk '$7 == \"UND\" && $8 != \"\" {print $8}' | sed 's/@@*/@/' | sort -u"
            ), as: UTF8.self
        ).split(separator: "\n").map { $0.contains("@") ? String($0) : "\($0)@Base" }.sorted()
        #expect(try symbols(scratch.read("m")) == listed)
        #expect(
            listed.contains { $0.hasPrefix("printf@GLIBC_") } && listed.contains { $0.hasSuffix("@Base") })
    }

    @Test(
        "those of lld too, which puts the tables in another order",
        .enabled(if: Tool.exists("ld.lld"), "needs lld"),
        arguments: kinds)
    func lld(_ options: String) throws { try readelf("-fuse-ld=lld \(options)") }

    @Test("a damaged file is read as far as it goes, and never beyond its end")
    func damaged() throws {
        try scratch.sh("cc -shared -fPIC -o m m.c")
        let good = try scratch.read("m")
        for bytes in Mutations(of: Array(good.prefix(6000)), count: 3000, seed: 7) {
            #expect(symbols(bytes).count < 10_000)
        }
        // Every field of the program headers and of the dynamic section at its largest.
        for place in stride(from: 0, to: good.count - 8, by: 8) {
            var bytes = good
            for offset in 0..<8 { bytes[place + offset] = 0xFF }
            #expect(symbols(bytes).count < 10_000)
        }
    }
}
