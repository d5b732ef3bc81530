// SPDX-License-Identifier: Apache-2.0

/// Numbers as people read them.
package enum Figures {
    /// MB of 10^6 with one decimal.
    package static func megabytes(_ bytes: Int64) -> String {
        guard bytes >= 1_000_000 else { return "\((bytes + 500) / 1000) kB" }
        let tenths = (bytes + 50_000) / 100_000
        return "\(tenths / 10).\(tenths % 10) MB"
    }

    /// Seconds with one decimal; milliseconds below one.
    package static func seconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
    }

    /// "1 file", "3 files"; a plural of its own where the noun has one.
    package static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
        "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
    }
}
