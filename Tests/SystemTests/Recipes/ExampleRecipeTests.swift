// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestHouse
import Testing

/// The recipes in Examples, built for real over this machine's apt mirror: the small ones always, all of them with
/// SLIPWAY_DEEP=1 (make deep).
@Suite(
    "The distribution of Examples/recipes",
    .enabled(
        if: SlipwayProgram.isThere && Tool.exists("bwrap") && Tool.exists("busybox")
            && Tool.exists("taskset"),
        "needs slipway, bubblewrap, busybox-static and util-linux"))
struct ExampleRecipeTests {
    private static let which = getenv("SLIPWAY_DEEP") != nil ? "all" : "small"

    /// Runs the script that builds them in a folder below the scratch; the build root is unpacked once for all.
    private func build(_ scratch: Scratch, in folder: String, with variables: String) throws -> String {
        let output = try scratch.sh(
            """
            mkdir -p home '\(folder)/out/recipes'; HOME=$PWD/home; export HOME; cd '\(folder)'
            [ ! -e ../packages.rsa ] || cp ../packages.rsa* out/recipes/
            \(variables) SLIPWAY='\(SlipwayProgram.path)' '\(sourceRoot)/Scripts/recipes.sh' \(Self.which) 2>&1
            """)
        return String(decoding: output, as: UTF8.self)
    }

    @Test(
        "they build to the same bytes in another folder, later and on one processor; their images pass their tests"
    )
    func reproducible() throws {
        let scratch = try Scratch()
        let log = try build(scratch, in: "one", with: "")
        var expected = ["built musl in", "built tzdata in", "out/recipes/images/musl/pigz@sha256:"]
        if Self.which == "all" {
            expected += ["flask", "nginx", "valkey"].map { "out/recipes/images/musl/\($0)@sha256:" }
            expected += ["built lua for Debian in", "out/recipes/images/glibc/valkey@sha256:"]
        }
        for text in expected {
            #expect(log.contains(text), "\(text): \(log.suffix(3000))")
        }
        #expect(!Tool.exists("runc") || log.contains("passed  packs and unpacks"), "\(log.suffix(3000))")
        try scratch.sh("mkdir two; cp one/out/recipes/packages.rsa* two/")
        _ = try build(scratch, in: "two/deeper", with: "WITHOUT_IMAGES=1 taskset -c 0 env")
        let compared = try scratch.sh(
            """
            cd one/out/recipes; other=../../../two/deeper/out/recipes
            for name in packages/*/*.apk $(find . -name '*.deb'); do cmp "$name" "$other/$name"; echo "$name"; done
            """)
        let names = String(decoding: compared, as: UTF8.self).split(separator: "\n")
        #expect(names.count(where: { $0.hasSuffix(".apk") }) >= 12)
        #expect(names.count(where: { $0.hasSuffix(".deb") }) >= (Self.which == "all" ? 3 : 0), "\(names)")
    }
}
