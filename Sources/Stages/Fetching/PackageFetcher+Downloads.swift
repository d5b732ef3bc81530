// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import Vocabulary

/// Several downloads at once, and several places for each.
extension PackageFetcher {
    /// Enough to fill a line, few enough for a mirror's manners.
    private static let downloads = 6

    /// Runs `body` for each item, a few at a time, begun in their order; results by place. With the first failure the
    /// others are stopped: a failed build should fail now.
    func downloading<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) async throws(FetchingError) -> Value
    ) async throws(FetchingError) -> [Value] {
        var values: [Value?] = Array(repeating: nil, count: items.count)
        let failure = await withTaskGroup(of: (Int, Result<Value, FetchingError>).self) { group in
            var rest = items.enumerated().makeIterator()
            func start() {
                guard let (place, item) = rest.next() else { return }
                group.addTask {
                    do throws(FetchingError) {
                        return (place, .success(try await body(item)))
                    } catch {
                        return (place, .failure(error))
                    }
                }
            }
            for _ in 0..<Self.downloads { start() }
            var failure: FetchingError?
            while let (place, result) = await group.next() {
                switch result {
                case .success(let value): values[place] = value
                case .failure(let error):
                    if failure == nil { group.cancelAll() }
                    failure = failure ?? error
                }
                if failure == nil { start() }
            }
            return failure
        }
        if let failure { throw failure }
        return values.compactMap { $0 }
    }

    /// What the first place gives that has it.
    func fromAnyPlace<Value: Sendable>(
        _ places: [String], of name: PackageName, _ version: String,
        _ body: (String) async throws(RepositoryFiles.Failure) -> Value
    ) async throws(FetchingError) -> Value {
        var tried: [FetchingError.Attempt] = []
        for place in places {
            do throws(RepositoryFiles.Failure) {
                return try await body(place)
            } catch {
                switch error {
                case .storage(let failure): throw .storage(failure)
                case .cancelled: throw .cancelled
                case .absent: tried.append(.init(place: place, reason: "it is not there"))
                case .unreachable(let reason): tried.append(.init(place: place, reason: reason))
                case .mismatch(let expected, let found):
                    tried.append(.init(place: place, reason: "expected \(expected), found \(found)"))
                }
            }
        }
        if tried.isEmpty { tried = [.init(place: "the lock", reason: "it names no place for it")] }
        throw .package(name: name.text, version: version, tried: tried)
    }
}

/// Adds up what several downloads report.
final class ProgressMeter: Sendable {
    private struct State {
        var progress: PackageFetcher.Progress
        var bytes: [String: Int64] = [:]
    }

    private let state: Mutex<State>
    private let report: @Sendable (PackageFetcher.Progress) -> Void

    init(packages: Int, bytes: Int64, report: @escaping @Sendable (PackageFetcher.Progress) -> Void) {
        state = Mutex(
            State(progress: .init(packages: 0, packagesTotal: packages, bytes: 0, bytesTotal: bytes)))
        self.report = report
        if packages > 0 { report(state.withLock { $0.progress }) }
    }

    /// A download that begins again counts from its beginning.
    func update(_ package: String, to bytes: Int64) {
        report(
            state.withLock { state in
                state.progress.bytes += bytes - (state.bytes[package] ?? 0)
                state.bytes[package] = bytes
                return state.progress
            })
    }

    func finish() {
        report(
            state.withLock { state in
                state.progress.packages += 1
                return state.progress
            })
    }
}
