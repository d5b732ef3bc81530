// SPDX-License-Identifier: Apache-2.0

/// Decides whether an exchange is tried again, and after how long. Holds no clock.
struct RetryPlan: Equatable {
    /// How an attempt ended.
    enum Outcome: Equatable {
        /// No connection was made: the server has seen nothing.
        case notConnected
        /// The connection broke, stalled, or the body ended early.
        case broken
        case status(Int, retryAfter: Int?)
    }

    enum Decision: Equatable {
        case done
        case again(after: Duration)
    }

    private let attempts: Int
    /// A PATCH that may have reached the server has moved its upload on: only its owner knows where to.
    private let isRepeatable: Bool
    private(set) var attempt = 1

    init(attempts: Int, method: String) {
        self.attempts = attempts
        isRepeatable = method != "PATCH"
    }

    mutating func decide(after outcome: Outcome) -> Decision {
        guard attempt < attempts, isWorthwhile(outcome) else { return .done }
        var delay = Duration.milliseconds(500 << min(attempt - 1, 6))
        if case .status(_, let retryAfter?) = outcome { delay = .seconds(min(max(retryAfter, 0), 60)) }
        attempt += 1
        return .again(after: min(delay, .seconds(60)))
    }

    private func isWorthwhile(_ outcome: Outcome) -> Bool {
        switch outcome {
        case .notConnected, .status(429, _): true
        case .broken: isRepeatable
        case .status(let status, _): isRepeatable && [500, 502, 503, 504, 408].contains(status)
        }
    }
}
