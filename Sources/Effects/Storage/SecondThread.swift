// SPDX-License-Identifier: Apache-2.0

internal import CShim
internal import Glibc
internal import Synchronization

/// A thread beside the caller's that turns pieces of bytes into others, in their order and a few behind: two steps of
/// one stream on two cores. It only ever touches the pieces it is given, so nobody waits for it to end.
package final class SecondThread {
    /// Enough that neither waits for the other's turn on a machine that has other things to do.
    private static let depth = 4
    private let exchange: Exchange
    private var underway = 0

    /// - Parameter prepare: runs on the thread, once, and returns what turns one piece into another.
    package init(_ prepare: @escaping @Sendable () throws -> ([UInt8]) throws -> [UInt8]) {
        exchange = Exchange(prepare)
        Exchange.startThread(serving: exchange)
    }

    deinit { exchange.close() }

    /// Hands a piece over and takes an earlier one's result, if enough are under way. Throws what turning threw.
    package func send(_ piece: [UInt8]) throws -> [UInt8]? {
        let finished = underway == Self.depth ? try receive() : nil
        exchange.give(piece)
        underway += 1
        return finished
    }

    /// The next result, waited for; nil when there is none to come. Throws what turning threw.
    package func receive() throws -> [UInt8]? {
        guard underway > 0 else { return nil }
        underway -= 1
        return try exchange.take().get()
    }
}

/// What both threads see.
private final class Exchange: Sendable {
    private struct State {
        var pieces: [[UInt8]] = []
        var results: [Result<[UInt8], any Error>] = []
    }

    private let prepare: @Sendable () throws -> ([UInt8]) throws -> [UInt8]
    private let state = Mutex(State())
    private let given = shim_semaphore_create()
    private let taken = shim_semaphore_create()

    init(_ prepare: @escaping @Sendable () throws -> ([UInt8]) throws -> [UInt8]) {
        precondition(given >= 0 && taken >= 0, "the process has no file descriptor left for another thread")
        self.prepare = prepare
    }

    deinit {
        Glibc.close(given)
        Glibc.close(taken)
    }

    func give(_ piece: [UInt8]) {
        state.withLock { $0.pieces.append(piece) }
        _ = shim_semaphore_post(given, 1)
    }

    func take() -> Result<[UInt8], any Error> {
        _ = shim_semaphore_wait(taken)
        return state.withLock { $0.results.removeFirst() }
    }

    /// A wake-up without a piece ends the thread.
    func close() {
        state.withLock { $0.pieces.removeAll() }
        _ = shim_semaphore_post(given, 1)
    }

    private func serve() {
        let turn = Result { try prepare() }
        while shim_semaphore_wait(given) == 0 {
            guard let piece = state.withLock({ $0.pieces.isEmpty ? nil : $0.pieces.removeFirst() }) else {
                return
            }
            let result = Result { try turn.get()(piece) }
            state.withLock { $0.results.append(result) }
            _ = shim_semaphore_post(taken, 1)
        }
    }

    static func startThread(serving exchange: Exchange) {
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let argument = Unmanaged.passRetained(exchange)
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                if let argument { Unmanaged<Exchange>.fromOpaque(argument).takeRetainedValue().serve() }
                return nil
            }, argument.toOpaque())
        precondition(code == 0, "the system refuses to start a thread")
    }
}
