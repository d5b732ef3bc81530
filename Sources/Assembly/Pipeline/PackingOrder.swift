// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// What somebody who packs a folder wants beside its metadata.
package struct PackingOrder: Sendable {
    /// The folder that the package is written to; created where it is not there.
    package var output = HostPath(".")
    /// In place of the one that the metadata name.
    package var architecture: String?
    /// Files keep their owners; otherwise all are root's.
    package var keepsOwners = false
    /// `SOURCE_DATE_EPOCH`: the time of every entry.
    package var sourceDateEpoch: Timestamp?

    package init() {}
}
