// SPDX-License-Identifier: Apache-2.0

/// One entry of a tar archive, with everything that its headers say. Nothing in it is trusted: callers make an
/// `ImagePath` of the path.
package struct TarEntry: Sendable, Equatable {
    package enum Kind: String, Sendable, Hashable, Codable {
        case file, directory, symlink, hardlink, characterDevice, blockDevice, fifo
    }

    /// As in the archive, prefix and long names resolved: `./usr/bin/`.
    package var path: String
    package var kind: Kind
    /// Permission bits with setuid, setgid and sticky: at most 0o7777.
    package var mode: UInt16
    package var uid: UInt32
    package var gid: UInt32
    package var userName: String
    package var groupName: String
    /// Bytes of content; 0 for everything but files.
    package var size: Int64
    /// Seconds since 1970; fractions are dropped.
    package var mtime: Int64
    /// Of symbolic and hard links, raw.
    package var linkTarget: String
    /// Extended attributes with their full names (`security.capability`).
    package var xattrs: [String: [UInt8]]
    /// SHA-1 of the content (of a symbolic link: of its target) where the archive names it: packages of the Alpine
    /// family do (pax record `APK-TOOLS.checksum.SHA1`). Never written.
    package var contentSHA1: [UInt8]?
    package var devMajor: UInt32
    package var devMinor: UInt32
    /// True where a name was not UTF-8 and was repaired with U+FFFD; writing it would change it.
    package var hasRepairedName: Bool

    package init(
        path: String, kind: Kind, mode: UInt16, uid: UInt32 = 0, gid: UInt32 = 0, userName: String = "",
        groupName: String = "", size: Int64 = 0, mtime: Int64 = 0, linkTarget: String = "",
        xattrs: [String: [UInt8]] = [:], contentSHA1: [UInt8]? = nil, devMajor: UInt32 = 0,
        devMinor: UInt32 = 0, hasRepairedName: Bool = false
    ) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.userName = userName
        self.groupName = groupName
        self.size = size
        self.mtime = mtime
        self.linkTarget = linkTarget
        self.xattrs = xattrs
        self.contentSHA1 = contentSHA1
        self.devMajor = devMajor
        self.devMinor = devMinor
        self.hasRepairedName = hasRepairedName
    }
}

/// Where tar files keep things (POSIX.1-1988 ustar, IEEE 1003.1 pax interchange format).
enum TarFormat {
    static let blockSize = 512
    static let name = 0..<100
    static let mode = 100..<108
    static let uid = 108..<116
    static let gid = 116..<124
    static let size = 124..<136
    static let mtime = 136..<148
    static let checksum = 148..<156
    static let typeFlag = 156
    static let linkName = 157..<257
    static let magic = 257..<263
    static let version = 263..<265
    static let userName = 265..<297
    static let groupName = 297..<329
    static let devMajor = 329..<337
    static let devMinor = 337..<345
    static let prefix = 345..<500

    static let xattrPrefix = "SCHILY.xattr."
    static let sparsePrefix = "GNU.sparse."
    static let contentSHA1 = "APK-TOOLS.checksum.SHA1"

    /// Zeros that follow `size` bytes of content.
    static func padding(_ size: Int64) -> Int64 { (512 - size & 511) & 511 }

    /// Sum of the header's bytes with the checksum field read as spaces.
    static func checksum(_ block: UnsafeRawBufferPointer) -> (unsigned: Int64, signed: Int64) {
        var unsigned = 0
        var high = 0
        for index in 0..<blockSize {
            let byte = checksum.contains(index) ? 0x20 : Int(block[index])
            unsigned += byte
            high += byte >> 7
        }
        // Old tars added up signed characters: each byte over 127 counts 256 less.
        return (Int64(unsigned), Int64(unsigned - 256 * high))
    }
}
