// SPDX-License-Identifier: Apache-2.0

package import Storage
package import Vocabulary

/// What is remembered of an index that was written: which bytes it had, and how its packages stood on disk when they
/// were read. With it the next run knows without opening them which packages are still the same.
package struct IndexMemory: Sendable, Equatable {
    /// Of the index file.
    package let index: Digest
    /// By file name.
    package let stamps: [String: FileStamp]

    package init(index: Digest, stamps: [String: FileStamp]) {
        self.index = index
        self.stamps = stamps
    }

    /// One line for the index, then one a file: large repositories are read back in a moment.
    package var encoded: [UInt8] {
        var text = "\(index.hex)\n"
        for (name, stamp) in stamps.sorted(by: { $0.key < $1.key }) {
            let numbers = [
                "\(stamp.device)", "\(stamp.inode)", "\(stamp.size)", "\(stamp.modified)", "\(stamp.changed)",
            ]
            text += numbers.joined(separator: " ") + " \(name)\n"
        }
        return Array(text.utf8)
    }

    /// Nil for anything but what `encoded` gives.
    package init?(encoded: [UInt8]) {
        let lines = String(decoding: encoded, as: UTF8.self).split(separator: "\n")
        guard let first = lines.first, let digest = try? Digest(hex: String(first)) else { return nil }
        var stamps: [String: FileStamp] = [:]
        stamps.reserveCapacity(lines.count)
        for line in lines.dropFirst() {
            let parts = line.split(separator: " ", maxSplits: 5)
            guard parts.count == 6, let device = UInt64(parts[0]), let inode = UInt64(parts[1]),
                let size = Int64(parts[2]), let modified = Int64(parts[3]), let changed = Int64(parts[4])
            else { return nil }
            stamps[String(parts[5])] = FileStamp(
                device: device, inode: inode, size: size, modified: modified, changed: changed)
        }
        self.init(index: digest, stamps: stamps)
    }
}
