// SPDX-License-Identifier: Apache-2.0
internal import Storage
internal import Vocabulary

/// Real third-party data that stand beside the project (`../shared/fixtures`) and not in it. Tests that need them say
/// `.enabled(if: SharedFixtures.areHere, "\(SharedFixtures.hint)")`, so that their absence is seen.
package enum SharedFixtures {
    /// Relative to the package's folder, where tests run.
    package static let root = "../shared/fixtures"
    package static let hint: String = "needs ../shared/fixtures"

    package static var areHere: Bool { (try? HostDirectory.isDirectory(HostPath(root))) == true }

    package static func path(_ name: String) -> String { "\(root)/\(name)" }

    package static func read(_ name: String) throws -> [UInt8] {
        try HostDirectory.read(HostPath(path(name)), limit: 64 << 20)
    }
}
