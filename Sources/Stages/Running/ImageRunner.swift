// SPDX-License-Identifier: Apache-2.0

package import Execution
package import Storage
package import Vocabulary

/// Starts an image once, as `slipway run` does: with the rights that its tests have.
package struct ImageRunner: Sendable {
    let directory: HostPath
    let workers: WorkerThreads

    package init(directory: HostPath, workers: WorkerThreads) {
        self.directory = directory
        self.workers = workers
    }

    package struct Request: Sendable {
        /// In place of the image's entrypoint and cmd; empty takes these.
        package var arguments: [String]
        package var tmpfs: [String]
        package var usesHostNetwork: Bool
        package var with: [String]

        package init(
            arguments: [String] = [], tmpfs: [String] = [], usesHostNetwork: Bool = false, with: [String] = []
        ) {
            self.arguments = arguments
            self.tmpfs = tmpfs
            self.usesHostNetwork = usesHostNetwork
            self.with = with
        }
    }

    /// Runs to the end of the container's process and returns its exit status and output. Throws `RunningError`,
    /// `ExecutionError`, `StorageError` or `CancellationError`; the container is gone in every case.
    package func run(
        _ image: RunnableImage, _ request: Request, outputLimit: Int = 64 << 20
    ) async throws -> ProgramResult {
        try await withContainer(image, request) { runtime, bundle, id in
            try await runtime.run(bundle: bundle, id: id, outputLimit: outputLimit)
        }
    }

    /// The same for as long as it takes: `receive` is handed what the container writes as it comes.
    /// Cancelling the task asks the container to end. Returns the exit status.
    package func stream(
        _ image: RunnableImage, _ request: Request,
        to receive: @escaping @Sendable (Program.Stream, [UInt8]) -> Void
    ) async throws -> Int32 {
        try await withContainer(image, request) { runtime, bundle, id in
            try await runtime.stream(bundle: bundle, id: id, to: receive)
        }
    }

    private func withContainer<Value>(
        _ image: RunnableImage, _ request: Request,
        _ body: (ContainerRuntime, HostPath, String) async throws -> Value
    ) async throws -> Value {
        let runtime = try await ContainerRuntime.find(state: directory / "state")
        let session = try await ContainerSession(
            image, runtime: runtime, directory: directory, workers: workers)
        let plan = try session.plan(
            arguments: request.arguments.isEmpty ? nil : request.arguments, tmpfs: request.tmpfs,
            with: request.with,
            usesHostNetwork: request.usesHostNetwork)
        let id = session.id(0)
        let bundle = try session.bundle(plan, id: id)
        let value: Value
        do {
            value = try await body(runtime, bundle, id)
        } catch {
            try? await runtime.delete(id: id)
            throw error
        }
        try await runtime.delete(id: id)
        return value
    }
}
