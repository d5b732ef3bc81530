// SPDX-License-Identifier: Apache-2.0

internal import Pipeline
internal import Synchronization
internal import Vocabulary

/// Turns what the machine reports into lines: on a terminal the running step overwrites itself, elsewhere each step
/// leaves one plain line when it ends.
final class ProgressLines: Sendable {
    private let terminal: Terminal
    private let isQuiet: Bool
    private let started = Mutex<[Reporter.Step: ContinuousClock.Instant]>([:])
    private let shown = Mutex<ContinuousClock.Instant?>(nil)

    init(_ terminal: Terminal, isQuiet: Bool) {
        self.terminal = terminal
        self.isQuiet = isQuiet
    }

    var reporter: Reporter { Reporter { self.receive($0) } }

    /// Bytes arrive more often than anybody reads.
    private func isTimeForMore() -> Bool {
        shown.withLock { last in
            let now = ContinuousClock.now
            if let last, last.duration(to: now) < .milliseconds(100) { return false }
            last = now
            return true
        }
    }

    private func receive(_ event: Reporter.Event) {
        switch event {
        case .began(let step, let detail):
            started.withLock { $0[step] = .now }
            if !isQuiet { terminal.flash("\(step.rawValue.padded) \(detail) …") }
        case .advanced(let step, let done, let total):
            guard !isQuiet, done == total || isTimeForMore() else { return }
            let share = total > 0 ? " of \(Figures.megabytes(total)) (\(done * 100 / total) %)" : " so far"
            terminal.flash("\(step.rawValue.padded) \(Figures.megabytes(done))\(share)")
        case .advancedTo(let step, let detail):
            if !isQuiet, isTimeForMore() { terminal.flash("\(step.rawValue.padded) \(detail) …") }
        case .ended(let step, let detail):
            let since = started.withLock { $0.removeValue(forKey: step) }
            guard !isQuiet else { return }
            let time = since.map { "  \(Figures.seconds($0.duration(to: .now)))" } ?? ""
            terminal.say("\(terminal.paint(step.rawValue.padded, .green, in: .talk)) \(detail)\(time)")
        case .diagnostics(let diagnostics):
            for group in DiagnosticGroup.groups(of: diagnostics)
            where group.severity == .warning || !isQuiet {
                terminal.say(group.line(terminal))
            }
        }
    }
}

extension String {
    fileprivate var padded: String { self + String(repeating: " ", count: max(0, 9 - count)) }
}
