// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// An archive whose entries are read one after the other, each with its content as the source's bytes.
package protocol EntryReader: ByteSource {
    /// The next entry, after what was not read of the last one was passed over; nil at the end.
    func next() throws -> TarEntry?
}

extension TarReader: EntryReader {}
