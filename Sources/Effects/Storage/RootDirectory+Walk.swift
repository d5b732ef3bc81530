// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

extension RootDirectory {
    /// Visits everything below it, a directory before what is in it, in no other order. What has no UTF-8 name, and what goes
    /// away meanwhile, is passed over; no link is followed.
    /// - Throws: `StorageError`, `CancellationError`, and what `body` throws.
    package func walk(_ body: (ImagePath, Status) throws -> Void) throws {
        var open: [ImagePath] = [.root]
        while let directory = open.popLast() {
            for name in try names(in: directory) {
                try Task.checkCancellation()
                guard let path = directory.appending(name), let status = try status(of: path) else {
                    continue
                }
                try body(path, status)
                if status.kind == .directory { open.append(path) }
            }
        }
    }
}
