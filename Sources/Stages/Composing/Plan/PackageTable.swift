// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Vocabulary

/// What one package file holds, learnt in a single pass and true whatever image it goes into: control data and every
/// entry of its data archive, under the package's own paths.
struct PackageTable: Sendable, Equatable {
    /// Those control files that the family's database needs, in the package's order.
    var control: [ControlMember] = []
    /// Names that the package stands for beside its own, without versions.
    var provides: [String] = []
    /// What the family's database calls this very package file, where it does (Alpine's `C:`).
    var checksum: String?
    /// In the order of the data archive, the root directory left out.
    var entries: [PackageEntry] = []
    /// Small files that rules read: certificates, defaults that maintainer scripts would copy.
    var captured: [ImagePath: [UInt8]] = [:]
    /// The newest time in the data archive, in seconds since 1970.
    var newest: Int64 = 0
    /// What was left out while reading, as sentences.
    var remarks: [Remark] = []

    /// Something that the reader met and did not take over.
    struct Remark: Sendable, Equatable {
        var code: String
        var path: ImagePath
    }

    /// The content of a control file; empty where the package has none of that name.
    subscript(control name: String) -> [UInt8] { control.first { $0.name == name }?.content ?? [] }

    /// The last file of a name counts, as it does where an archive is unpacked.
    mutating func keep(_ member: ControlMember) {
        control.removeAll { $0.name == member.name }
        control.append(member)
    }
}

/// A file of a package's control archive, verbatim.
struct ControlMember: Sendable, Equatable {
    var name: String
    var mode: UInt16 = 0o644
    var content: [UInt8]
}

/// One entry of a package's data archive.
struct PackageEntry: Sendable, Equatable {
    enum Kind: UInt8, Sendable {
        case file, directory, symlink, hardlink
        /// Device nodes, pipes and sockets, which no image gets.
        case special
    }

    var path: ImagePath
    var kind: Kind
    var mode: UInt16
    var uid: UInt32
    var gid: UInt32
    /// Bytes of a file, else 0.
    var size: Int64
    var mtime: Int64
    /// Of a file's content.
    var digest: Digest?
    /// Of a symbolic link: verbatim. Of a hard link: the package's own path, normalised.
    var target: String?
    var program: ProgramHeader?
    /// Extended attributes of a file, those that the family keeps.
    var attributes: [String: [UInt8]] = [:]
    /// SHA-1 of a file's content or of a symbolic link's target, where the family's database names it; a hard link has
    /// its file's.
    var sha1: [UInt8] = []
}
