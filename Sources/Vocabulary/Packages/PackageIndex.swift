// SPDX-License-Identifier: Apache-2.0

/// A repository index in compact form: one buffer that is written to and read from a cache file as it is.
package struct PackageIndex: Sendable, Equatable {
    package let bytes: [UInt8]
    package init(unchecked bytes: [UInt8]) { self.bytes = bytes }
}
