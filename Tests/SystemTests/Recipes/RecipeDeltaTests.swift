// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing

/// What recipes change in upstream's releases, as `slipway recipe delta` lists it.
@Suite(.enabled(if: SlipwayProgram.isThere, "needs the built slipway"))
struct RecipeDeltaTests {
    private static func scene() throws -> Scratch {
        let scratch = try Scratch()
        let recipe = """
            package: {name: app, version: "1.0", epoch: 0, description: x}
            environment: {contents: {repositories: [deb system trixie main], packages: [dash]}}
            pipeline:
              - uses: git-checkout
                with:
                  repository: https://example.org/app.git
                  tag: v1.0
                  expected-commit: \(String(repeating: "a", count: 40))
                  cherry-picks: |
                    main/\(String(repeating: "b", count: 40)): the fix of the clock
              - uses: patch
                with: {patches: newer.patch older.patch}
              - uses: patch
                with: {series: series}

            """
        try scratch.write(Array(recipe.utf8), to: "app.yaml")
        try scratch.sh(
            """
            mkdir app; printf 'Description: a\\nLast-Update: 2024-01-01\\nForwarded: https://example.org/1\\n--- a/a\\n' >app/newer.patch
            printf 'Description: b\\nLast-Update: 2019-01-01\\nForwarded: not-needed\\n--- a/a\\n' >app/older.patch
            printf '# in this order\\nlast.patch -p1\\n' >app/series
            """)
        return scratch
    }

    @Test("the oldest stand first, and all are explained: exit code 0")
    func explained() throws {
        let scratch = try Self.scene()
        try scratch.sh("cp app/newer.patch app/last.patch; sed -i s/2024/2022/ app/last.patch")
        let outcome = try SlipwayProgram.run(["recipe", "delta", "app.yaml"], in: scratch.path)
        #expect(outcome.exit == 0, "\(outcome.text)\(outcome.stderr)")
        let lines = outcome.text.split(separator: "\n").map(String.init)
        let order = ["bbbb", "older.patch", "last.patch", "newer.patch"].map { name in
            lines.firstIndex { $0.contains(name) } ?? -1
        }
        #expect(order == order.sorted() && !order.contains(-1), "\(outcome.text)")
        #expect(lines.last == "4 patches in 1 of 1 recipe", "\(outcome.text)")
    }

    @Test(
        "one that says nothing of upstream, or is not there, is exit code 2 and named where the recipe uses it"
    )
    func unexplained() throws {
        let scratch = try Self.scene()
        try scratch.sh("printf 'Description: b\\n--- a/a\\n' >app/older.patch")
        let outcome = try SlipwayProgram.run(["recipe", "delta", "app.yaml"], in: scratch.path)
        #expect(outcome.exit == 2 && outcome.text.contains("it does not say"), "\(outcome.text)")
        #expect(outcome.text.contains("it is not in the folder 'app' beside the recipe"))
        let check = try SlipwayProgram.run(["recipe", "check", "app.yaml"], in: scratch.path)
        #expect(
            check.stderr.contains("app.yaml:11:") && check.stderr.contains("where upstream stands"),
            "\(check.stderr)")
    }
}
