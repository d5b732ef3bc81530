// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import SystemPackage
package import Vocabulary

/// Everything that can go wrong between Slipway and the disk.
package enum StorageError: Error, Equatable, CustomStringConvertible {
    /// A system call said no; `doing` is the verb for people ("open", "write").
    case system(doing: String, path: HostPath, code: Int32)
    /// The file system or the quota is full; what was being written is gone again.
    case full(path: HostPath)
    /// The blob is not in the store.
    case missing(Digest, store: HostPath)
    /// The bytes on disk are not those of the digest; a disposable store has already dropped them.
    case damaged(Digest, found: Digest, path: HostPath, dropped: Bool)
    /// The bytes that were written are not those that were expected; nothing was stored.
    case unexpected(Digest, found: Digest)
    case tooLarge(path: HostPath, bytes: Int64, limit: Int64)
    /// A cache that others could have written to is not used.
    case notPrivate(path: HostPath, reason: String)
    case notALayout(path: HostPath, reason: String)
    /// A path inside a tree passes through a symbolic link, which is never followed.
    case passesThroughLink(ImagePath, root: HostPath)
    /// Another process holds the lock.
    case locked(path: HostPath)
    /// The digest's algorithm is not one that can be written or checked.
    case unsupportedAlgorithm(Digest)
    /// Neither a directory nor a home is known for this kind of data.
    case noHome(variable: String)

    /// True where something below `root` could not be written: the disk is full, or nobody may write there.
    package func isRefusedWrite(below root: HostPath) -> Bool {
        switch self {
        case .full(let path): path.text.hasPrefix("\(root)/")
        case .system(_, let path, let code):
            [EROFS, EACCES, EPERM].contains(code) && path.text.hasPrefix("\(root)/")
        default: false
        }
    }

    package var description: String {
        switch self {
        case .system(let doing, let path, let code): "cannot \(doing) \(path): \(Self.text(of: code))"
        case .full(let path):
            "no space left for \(path); nothing was kept of it. Free some space (`slipway cache prune`) and run again"
        case .missing(let digest, let store): "\(digest) is not in \(store)"
        case .damaged(let digest, let found, let path, let dropped):
            "\(path) holds \(found), not \(digest); "
                + (dropped ? "it was dropped, run again" : "remove this file, then build or pull again")
        case .unexpected(let digest, let found): "expected \(digest), received \(found); nothing was stored"
        case .tooLarge(let path, let bytes, let limit):
            "\(path) has \(bytes) bytes; at most \(limit) are read"
        case .notPrivate(let path, let reason):
            "\(path) is not used as a cache: \(reason). Set XDG_CACHE_HOME to a directory of your own"
        case .notALayout(let path, let reason): "\(path) is not an OCI image layout: \(reason)"
        case .passesThroughLink(let path, let root):
            "\(path) in \(root) passes through a symbolic link or a file, which is not followed"
        case .locked(let path): "\(path) is locked by another slipway; wait for it to finish"
        case .unsupportedAlgorithm(let digest): "\(digest): only sha256 can be written and checked"
        case .noHome(let variable): "neither \(variable) nor HOME is set to an absolute path; set one of them"
        }
    }

    /// The system's words ("Permission denied"), which do not depend on the locale.
    private static func text(of code: Int32) -> String { Errno(rawValue: code).description }
}
