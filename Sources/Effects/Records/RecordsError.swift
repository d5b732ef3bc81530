// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Why the factory's database did not serve.
package enum RecordsError: Error, Equatable, CustomStringConvertible {
    case cannotOpen(HostPath, reason: String)
    case cannotRead(reason: String)
    case cannotWrite(reason: String)

    package var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "the factory's database \(path) cannot be opened: \(reason); it may be moved away, the factory then works "
                + "out again what is published"
        case .cannotRead(let reason): "the factory's database cannot be read: \(reason)"
        case .cannotWrite(let reason): "the factory's database cannot be written: \(reason)"
        }
    }
}
