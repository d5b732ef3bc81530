// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// The link between an index of the Alpine family and a package file: the index names the SHA-1 of the file's compressed
/// control member (`C:`), and that names the SHA-256 of the data.
enum AlpineChain {
    /// Whether the file in the store is the one that an index calls by `checksum`, as far as its control member; false
    /// where it is not there. The data are checked where they are read. Throws `wrongPackage`.
    static func holds(
        _ package: LockedPackage, _ checksum: String, in store: ContentStore
    ) throws(FetchingError) -> Bool {
        let control: ApkControl
        do {
            control = try ApkReader(try store.reader(of: package.digest)).readControl()
        } catch StorageError.missing {
            return false
        } catch let error as StorageError {
            throw .storage(.init(error))
        } catch {
            throw .wrongPackage(name: package.name.text, version: package.version, reason: "\(error)")
        }
        if let objection = objection(to: control, package.name, package.version, checksum) {
            throw .wrongPackage(name: package.name.text, version: package.version, reason: objection)
        }
        return true
    }

    /// Why a control member is not the one of an index's record; nil where it is.
    static func objection(
        to control: ApkControl, _ name: PackageName, _ version: String, _ checksum: String
    ) -> String? {
        guard control.checksum == checksum else {
            return "its control member is \(control.checksum), and the index names \(checksum)"
        }
        guard control.info.name == name, control.info.version == version else {
            return "it says of itself that it is \(control.info.name) \(control.info.version)"
        }
        return nil
    }
}

extension PackageFetcher {
    /// Whether the file in the store is the one that an index calls by a checksum instead of a digest.
    static func fileHolds(
        _ checksum: String, of package: LockedPackage, in store: ContentStore
    ) throws(FetchingError) -> Bool {
        try AlpineChain.holds(package, checksum, in: store)
    }
}
