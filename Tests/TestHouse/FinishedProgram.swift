// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// `slipway` itself, as it was built beside these tests.
package enum FinishedProgram {
    /// Its file: in the directory of the running test program, or where `swift build` puts it.
    package static let path: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let tests = String(
            decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let beside = tests.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/slipway"
        return access(beside, X_OK) == 0 ? beside : "\(sourceRoot)/.build/debug/slipway"
    }()
}
