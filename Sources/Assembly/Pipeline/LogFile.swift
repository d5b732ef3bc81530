// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Synchronization
internal import Vocabulary

/// A log that several streams write to as they come. What could not be written is said when it is closed.
final class LogFile: Sendable {
    private struct State {
        let writer: FileWriter
        var failure: StorageError?
    }

    private let state: Mutex<State>

    init(_ path: HostPath) throws(StorageError) {
        state = Mutex(State(writer: try FileWriter(path)))
    }

    func append(_ bytes: [UInt8]) {
        state.withLock { state in
            guard state.failure == nil else { return }
            do throws(StorageError) { try state.writer.write(bytes) } catch { state.failure = error }
        }
    }

    func close() throws {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            try state.writer.flush()
        }
    }
}
