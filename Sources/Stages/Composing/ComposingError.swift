// SPDX-License-Identifier: Apache-2.0
package import Storage
package import Vocabulary

/// Why an image could not be composed. Every case names what it is about; nothing was written under a final name.
package enum ComposingError: Error, Equatable, Sendable {
    /// No architecture's packages were handed over.
    case nothingToCompose
    /// The packages that were handed over are not those of the lock.
    case notLocked(Architecture)
    /// The package file is not in the content store.
    case missingPackage(PackageName, Digest)
    /// The package file is no package, damaged, or a bomb.
    case unreadablePackage(PackageName, Digest, reason: String)
    /// The image below is none, or damaged.
    case unreadableBase(Digest, reason: String)
    /// The packages of the image below are not those that the lock names.
    case otherBase(Architecture)
    /// A file of the image below stands where a package makes a link.
    case movedBase(ImagePath, to: ImagePath)
    /// A path or a link target that leaves the image, or that no file system takes.
    case unsafePath(PackageName, path: String, reason: String)
    /// One package ships one path twice.
    case duplicateEntry(PackageName, ImagePath)
    /// Two packages ship one path with different content, and neither says that it replaces the other.
    case conflict(ImagePath, PackageName, PackageName)
    /// Something stands below a path that is no directory.
    case notADirectory(ImagePath, String, below: ImagePath, String)
    /// A package makes something else of a path that is a link in every image of its family.
    case misusedAlias(ImagePath, String, expected: String)
    /// A hard link whose target the image does not have.
    case danglingHardLink(ImagePath, String, target: String)
    /// An item of the definition cannot be done.
    case definition(SourceLocation, reason: String)
    /// A name that no account of the image has.
    case unknownAccount(String, SourceLocation)
    /// A local file that the definition names was not handed over.
    case missingLocalFile(String, SourceLocation)
    /// The store, the cache or the target directory.
    case storage(StorageError)
    /// A value that cannot be written (no such JSON, no such tar entry).
    case unwritable(String)
    case cancelled
}

extension ComposingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .nothingToCompose: "there is no architecture to compose for; name one in archs"
        case .notLocked(let architecture):
            "the packages for \(architecture) are not those that its lock names; resolve and fetch again"
        case .missingPackage(let name, let digest):
            "\(name) (\(digest)) is not in the store; fetch it again"
        case .unreadablePackage(let name, let digest, let reason):
            "\(name) (\(digest)) cannot be read: \(reason)"
        case .unreadableBase(let digest, let reason): "the base image (\(digest)) cannot be read: \(reason)"
        case .otherBase(let architecture):
            "the lock was made for another base image for \(architecture); lock the definition again"
        case .movedBase(let path, let target):
            "\(path) is in the base image, and a package makes a link of a directory above it, which leads to "
                + "\(target); build the base image of packages that agree about this"
        case .unsafePath(let name, let path, let reason):
            "\(name) holds '\(path)', \(reason); nothing of it was used. Do not trust where it came from"
        case .duplicateEntry(let name, let path):
            "\(name) holds \(path) twice; tell its maintainer, or leave the package out"
        case .conflict(let path, let first, let second):
            "\(first) and \(second) both ship \(path), with different content, and neither replaces the other; "
                + "leave one of them out"
        case .notADirectory(let path, let owner, let below, let other):
            "\(owner) puts \(path) below \(below), which is no directory (\(other)); leave one of them out, "
                + "or name the real directory"
        case .misusedAlias(let path, let owner, let expected):
            "\(owner) makes \(path) something else than a link to \(expected); leave it out"
        case .danglingHardLink(let path, let owner, let target):
            "\(path) of \(owner) is a hard link to /\(target), which the image does not have; keep or drop both"
        case .definition(let location, let reason): "\(location): \(reason)"
        case .unknownAccount(let name, let location):
            "\(location): no user or group '\(name)' is in the image; add it to accounts, or write its number"
        case .missingLocalFile(let source, let location):
            "\(location): '\(source)' was not read; is the file there and readable?"
        case .storage(let error): error.description
        case .unwritable(let reason): reason
        case .cancelled: "stopped before the image was complete; nothing of it has a name"
        }
    }
}
