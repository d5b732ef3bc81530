// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// What a run tells while it goes: diagnostics as they are found, steps as they begin and end. Silent by default.
package struct Reporter: Sendable {
    /// One thing that takes time.
    package enum Event: Sendable, Equatable {
        case began(Step, String)
        /// `done` of `total` bytes; total 0 where it is not known.
        case advanced(Step, done: Int64, total: Int64)
        /// What goes on, in other words: `asked 12 of 300 places`.
        case advancedTo(Step, String)
        case ended(Step, String)
        /// What was found together; never empty.
        case diagnostics([Diagnostic])

        package static func diagnostic(_ diagnostic: Diagnostic) -> Event { .diagnostics([diagnostic]) }
    }

    /// The steps of the machine, in the words that people see.
    package enum Step: String, Sendable, Codable {
        case refresh, resolve, fetch, compose, build, test, describe, attest, push, pull, sign, tag, verify,
            rebuild,
            scan, inspect, unpack, plan
    }

    private let receive: @Sendable (Event) -> Void

    package init(_ receive: @escaping @Sendable (Event) -> Void) { self.receive = receive }

    package static let silent = Reporter { _ in }

    package func callAsFunction(_ event: Event) { receive(event) }

    package func report(_ diagnostics: [Diagnostic]) {
        if !diagnostics.isEmpty { receive(.diagnostics(diagnostics)) }
    }
}
