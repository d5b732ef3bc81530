// SPDX-License-Identifier: Apache-2.0

import Defining
import Execution
import Storage
import TestHouse
import Testing
import Vocabulary

@testable import Building

/// Steps of recipes that mean no good, in a real sandbox.
@Suite(
    .enabled(if: Tool.exists("bwrap") && Tool.exists("busybox"), "needs bubblewrap and busybox-static"))
struct StepRunnerTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try scratch.sh(
            """
            mkdir -p root/proc root/dev root/tmp root/run root/home/build workspace secrets
            \(Tool.busybox(in: "root/bin"))
            echo secret >secrets/key
            """)
    }

    private func build(_ script: String) async throws {
        let text = """
            package: {name: words, version: "1", epoch: 0, description: words}
            pipeline:
              - runs: |
                  \(script)

            """
        let recipe = try RecipeReader(library: PipelineLibrary(), architecture: .amd64).read(
            Array(text.utf8), file: "words.yaml"
        ).recipe
        let runner = StepRunner(
            sandbox: try Sandbox.find(), root: HostPath("\(scratch.path)/root"),
            workers: WorkerThreads(count: 1)
        ) { _ in }
        let store = try ContentStore(at: HostPath("\(scratch.path)/store"), .disposable)
        _ = try await runner.build(
            recipe, sources: .init(store: store), local: nil, in: HostPath("\(scratch.path)/workspace"),
            time: 0)
    }

    @Test(
        "a package's folder that became a link to a folder of the host's is refused, and so is one that is gone"
    )
    func outputs() async throws {
        try await build("echo word >melange-out/words/file")
        let folder = "rm -r melange-out/words"
        for script in [
            folder, "\(folder); ln -s \(scratch.path)/secrets melange-out/words",
            "rm -r melange-out; ln -s \(scratch.path) melange-out",
        ] {
            await #expect(throws: BuildingError.self, "\(script)") { try await build(script) }
            try scratch.sh("rm -r workspace; mkdir workspace")
        }
    }
}
