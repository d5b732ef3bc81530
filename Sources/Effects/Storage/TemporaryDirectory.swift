// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import Vocabulary

/// A private directory that is removed, with everything in it, when this object goes.
package final class TemporaryDirectory: Sendable {
    package let path: HostPath

    /// Creates `BASE/slipway-XXXXXX` with mode 0700.
    package init(in base: HostPath = HostPath("/tmp")) throws(StorageError) {
        var template = Array((base / "slipway-XXXXXX").text.utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else { throw OpenFile.failure("create a directory in", base, errno) }
        path = HostPath(made)
    }

    deinit { try? HostDirectory.remove(path) }
}
