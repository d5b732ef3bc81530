// SPDX-License-Identifier: Apache-2.0

/// What a zip reader accepts before it stops with `ArchiveError.limitExceeded`.
package struct ZipLimits: Sendable, Equatable {
    package var entries = 200_000
    /// Bytes of all contents together.
    package var totalBytes: Int64 = 4 << 30
    /// Most bytes out for each byte in, once an entry has more than `DecodingLimits.freeOutput`; deflate cannot pass 1,032.
    package var ratio: Int64 = 1_100

    package init() {}
}
