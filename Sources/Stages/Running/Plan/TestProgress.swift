// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// What a program in a container left, or why it left nothing.
struct Attempt: Equatable, Sendable {
    var exit: Int32?
    var stdout: String
    var stderr: String

    init(exit: Int32?, stdout: String, stderr: String) {
        self.exit = exit
        self.stdout = stdout
        self.stderr = stderr
    }

    /// For people: the exit status and the last words.
    var summary: String {
        let status = exit.map { "exit status \($0)" } ?? "no exit status"
        let words = [("stdout", stdout), ("stderr", stderr)].compactMap { name, text -> String? in
            let lines = text.split(whereSeparator: \.isNewline).suffix(6).joined(separator: " | ")
            return lines.isEmpty ? nil : "\(name) '\(lines.suffix(600))'"
        }
        return ([status] + words).joined(separator: ", ")
    }
}

/// One test on its way, without clock or container: it is told what happened and says what to do next.
struct TestProgress {
    enum Action: Equatable {
        /// Start the program of `exec` with this number, after a pause where it was tried before.
        case exec(Int, afterPause: Bool)
        /// Nothing to do until the container's own process ends.
        case wait
        case finish(TestReport.Outcome, String)
    }

    let test: ImageTest
    private var step = 0
    private var tries = 0
    private var last: Attempt?

    init(_ test: ImageTest) { self.test = test }

    mutating func begin() -> Action { test.exec.isEmpty ? .wait : .exec(0, afterPause: false) }

    mutating func execEnded(_ attempt: Attempt) -> Action {
        tries += 1
        last = attempt
        let isLast = step == test.exec.count - 1
        let expected = isLast ? test.expect : ImageTest.Expectation()
        guard Self.complaint(about: attempt, expected: expected) == nil else {
            return .exec(step, afterPause: true)
        }
        guard isLast else {
            step += 1
            tries = 0
            last = nil
            return .exec(step, afterPause: false)
        }
        return .finish(.passed, "\(name(of: step)): \(attempt.summary)")
    }

    func runEnded(_ attempt: Attempt) -> Action {
        guard test.exec.isEmpty else {
            // Where it failed by itself, its own words are the cause, and what was tried beside it only met the ruins.
            let beside = attempt.exit == 0 ? lastWords : ""
            return .finish(
                .failed, "the container ended before \(name(of: step)) passed: \(attempt.summary)\(beside)")
        }
        if let complaint = Self.complaint(about: attempt, expected: test.expect) {
            return .finish(.failed, "\(complaint): \(attempt.summary)")
        }
        return .finish(.passed, attempt.summary)
    }

    /// `log` is what the container's own process wrote, known after it was stopped.
    func timedOut(log: Attempt?) -> (TestReport.Outcome, String) {
        let log = log.map { "; the container: \($0.summary)" } ?? ""
        guard !test.exec.isEmpty else { return (.failed, "not done within \(test.within) s\(log)") }
        return (
            .failed,
            "\(name(of: step)) did not pass within \(test.within) s (\(tries) tries)\(lastWords)\(log)"
        )
    }

    private func name(of step: Int) -> String {
        "exec \(step + 1) '\(test.exec[step].joined(separator: " "))'"
    }

    private var lastWords: String {
        guard let last else { return "" }
        let expected = step == test.exec.count - 1 ? test.expect : ImageTest.Expectation()
        let complaint = Self.complaint(about: last, expected: expected).map { "\($0): " } ?? ""
        return "; its last try: \(complaint)\(last.summary)"
    }

    /// What is not as expected; nil where everything is.
    static func complaint(about attempt: Attempt, expected: ImageTest.Expectation) -> String? {
        if attempt.exit != expected.exit { return "expected exit status \(expected.exit)" }
        if let text = expected.stdout, !attempt.stdout.contains(text) {
            return "expected '\(text)' on stdout"
        }
        if let text = expected.stderr, !attempt.stderr.contains(text) {
            return "expected '\(text)' on stderr"
        }
        return nil
    }
}
