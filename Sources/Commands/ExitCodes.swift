// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline

/// 0 ok; 1 no answer could be formed; 2 a check, policy or gate said no; 3 nothing said no, but something could not be
/// checked. 130 and 143 are a shell's numbers for SIGINT and SIGTERM.
extension ExitCode {
    /// A check, test or gate said no.
    static let refused = ExitCode(2)
    /// Nothing said no, but something could not be checked.
    static let unchecked = ExitCode(3)
    static let interrupted = ExitCode(130)
    static let terminated = ExitCode(143)
}

/// Errors that mean "no" rather than "no answer".
protocol ExitCoded {
    var exitCode: ExitCode { get }
}

extension PipelineError: ExitCoded {
    var exitCode: ExitCode {
        switch self {
        case .testsFailed, .gateRefused, .notAttested: .refused
        case .testsNotRun, .inputMissing: .unchecked
        default: .failure
        }
    }
}
