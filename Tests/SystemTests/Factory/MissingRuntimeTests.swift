// SPDX-License-Identifier: Apache-2.0

import Factory
import TestHouse
import Testing
import Vocabulary

@Suite(
    "A factory on a machine without a container runtime",
    .enabled(if: FactoryScene.isPossible, FactoryScene.why))
struct MissingRuntimeTests {
    @Test("an untested image does not go out, is no refusal, and goes out once there is a runtime")
    func withoutRuntime() async throws {
        let scene = try await FactoryScene.withPendingUpdate()
        let before = try scene.serving()

        try scene.scratch.sh(
            """
            cat >hidden.sh <<'END'
            for file in /usr/bin/runc /usr/sbin/runc /usr/bin/crun /usr/sbin/crun; do
                [ ! -e $file ] || mount --bind /dev/null $file
            done
            \(scene.command(["once"]))
            END
            unshare --mount sh hidden.sh >said 2>&1 || echo "exit $?" >>said
            """)
        let said = String(decoding: try scene.scratch.read("said"), as: UTF8.self)
        #expect(said.contains("apt-get install") && said.contains("runc"), "\(said)")
        #expect(said.hasSuffix("exit 1\n"), "\(said)")
        #expect(try scene.serving() == before)
        let failed = try #require(try await scene.history(of: "alpha").first)
        #expect(failed.outcome == .failed && failed.cause.packages.map(\.new) == ["2"], "\(failed.message)")

        #expect(try await scene.round()["alpha"]?.record?.outcome == .published)
        #expect(try scene.serving() != before)
    }
}
