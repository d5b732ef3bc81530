// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Everything that can go wrong with a program of the machine.
package enum ExecutionError: Error, Equatable, CustomStringConvertible {
    /// The program is not in the system directories; `package` is Debian's that has it.
    case missing(program: String, package: String)
    /// The program or its directory could have been replaced by somebody else than root.
    case untrusted(path: HostPath, reason: String)
    case cannotStart(program: String, reason: String)
    case timedOut(program: String, seconds: Int)
    case tooMuchOutput(program: String, limit: Int)
    case cancelled(program: String)
    /// The program ran and failed where it must not.
    case failed(program: String, exit: Int32, said: String)
    case noKeyring(what: String)
    case keyring(HostPath, reason: String, what: String)
    /// `reason` is a sentence on what gpgv said about the signatures.
    case badSignature(what: String, reason: String, keyrings: [HostPath])
    case noRuntime
    case container(id: String, reason: String)

    package var description: String {
        switch self {
        case .missing(let program, let package):
            "\(program) is needed and not installed; run `apt-get install \(package)`"
        case .untrusted(let path, let reason): "\(path) is not used: \(reason)"
        case .cannotStart(let program, let reason): "cannot start \(program): \(reason)"
        case .timedOut(let program, let seconds):
            "\(program) did not finish within \(seconds) s and was killed"
        case .tooMuchOutput(let program, let limit):
            "\(program) wrote more than \(limit) bytes and was killed"
        case .cancelled(let program): "\(program) was killed because the work was cancelled"
        case .failed(let program, let exit, let said):
            "\(program) failed with exit status \(exit)\(said.isEmpty ? "" : ": \(said)")"
        case .noKeyring(let what):
            "\(what): no keyring is named to check its signature with; name one with signed-by or contents.keyring"
        case .keyring(let path, let reason, let what):
            "\(what): the keyring \(path) cannot be used: \(reason)"
        case .badSignature(let what, let reason, let keyrings):
            "\(what): \(reason) (keyrings: \(keyrings.map(\.text).joined(separator: ", ")))"
        case .noRuntime:
            "running a container needs runc or crun, and neither is installed; run `apt-get install runc`"
        case .container(let id, let reason): "container \(id): \(reason)"
        }
    }
}
