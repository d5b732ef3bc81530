// SPDX-License-Identifier: Apache-2.0

internal import Composing

/// What this program calls itself in evidence and on the command line.
package enum Slipway {
    package static let version = "0.1.0"
    /// Version of the transformation and of the named compressor: a part of every build key.
    package static var composition: String { Composer.identity }
}
