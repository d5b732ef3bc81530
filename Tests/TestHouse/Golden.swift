// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    internal import Glibc
#endif

/// Expected output that a person can read, in a file beside the test. With SLIPWAY_RECORD set it is written anew, and
/// the test fails all the same: what was recorded has to be looked at.
package enum Golden {
    /// Nil where `bytes` equal the file, else what to look at.
    /// - Parameter test: the test's own path, `#filePath`.
    package static func difference(of bytes: [UInt8], from name: String, beside test: String) throws
        -> String?
    {
        let path =
            "\(test.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"))/\(name)"
        if getenv("SLIPWAY_RECORD") != nil {
            guard let file = fopen(path, "w") else { return "\(path) cannot be written" }
            defer { fclose(file) }
            guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { return "\(path) was not written" }
            return "\(path) was recorded; look at it and run again without SLIPWAY_RECORD"
        }
        let expected = try Tool.sh("cat '\(path)'", in: "/")
        if expected == bytes { return nil }
        let (left, right) = (lines(expected), lines(bytes))
        let number =
            zip(left, right).enumerated().first { $1.0 != $1.1 }?.offset ?? min(left.count, right.count)
        func line(_ lines: [String]) -> String { number < lines.count ? lines[number] : "(nothing)" }
        return
            "\(name), line \(number + 1): expected \(line(left)), found \(line(right)); SLIPWAY_RECORD=1 records anew"
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
    }
}
