// SPDX-License-Identifier: Apache-2.0
package import Storage
package import Vocabulary

/// Images that were composed before, by build key: the key leads to the description of the image, whose blobs are
/// looked for in the store. What is missing, damaged or of another form is composed again.
package struct ImageMemory: Sendable {
    private static let kind = "builds"
    private let cache: Cache
    private let store: ContentStore

    /// - Parameter store: where the images' blobs are.
    package init(cache: Cache, store: ContentStore) {
        self.cache = cache
        self.store = store
    }

    /// The image of this build key, where all of it is still there.
    package func image(_ key: Digest) -> ComposedImage? {
        guard let bytes = SegmentCache(cache: cache).sealedBytes(Self.kind, key),
            let image = try? ComposedImage(decoding: bytes),
            image.blobs.allSatisfy({ store.size(of: $0.digest) == $0.size })
        else { return nil }
        return image
    }

    /// Keeps the description. Throws `StorageError`, but not where the cache refuses: then only the next run is slower.
    package func keep(_ image: ComposedImage, under key: Digest) throws {
        do {
            try SegmentCache(cache: cache).seal(Self.kind, key, bytes: try image.encode())
        } catch let error as StorageError where error.isRefusedWrite(below: cache.root) {}
    }
}

/// An image has few documents, which are JSON here too, and many files, which are not: 20,000 of them in JSON took a
/// second and 60 MB.
extension ComposedImage {
    private static let formatVersion: UInt64 = 1

    fileprivate func encode() throws -> [UInt8] {
        var outline = self
        for place in outline.platforms.indices { outline.platforms[place].files = [] }
        var writer = TableWriter()
        writer.number(Self.formatVersion)
        writer.blob(try CanonicalJSON.encode(outline))
        for platform in platforms {
            writer.number(UInt64(platform.files.count))
            for file in platform.files { file.encode(to: &writer) }
        }
        return writer.bytes
    }

    fileprivate init(decoding bytes: [UInt8]) throws {
        var reader = TableReader(bytes)
        guard try reader.number() == Self.formatVersion else { throw TableReader.Damaged() }
        self = try CanonicalJSON.decode(from: Array(try reader.blob()), what: "a remembered image")
        for place in platforms.indices {
            let count = try reader.count()
            platforms[place].files.reserveCapacity(count)
            for _ in 0..<count { platforms[place].files.append(try ComposedFile(from: &reader)) }
        }
        guard reader.isAtEnd else { throw TableReader.Damaged() }
    }
}

extension ComposedFile {
    fileprivate func encode(to writer: inout TableWriter) {
        writer.text(path.text)
        writer.text(kind.rawValue)
        writer.number(UInt64(mode))
        writer.number(UInt64(uid))
        writer.number(UInt64(gid))
        writer.signed(size)
        writer.blob(digest?.bytes ?? [])
        writer.optional(target)
        switch owner {
        case .package(let name):
            writer.number(0)
            writer.text(name.text)
        case .definition: writer.number(1)
        case .rule(let name):
            writer.number(2)
            writer.text(name)
        }
    }

    fileprivate init(from reader: inout TableReader) throws(TableReader.Damaged) {
        let path = try reader.path()
        guard let kind = Kind(rawValue: try reader.text()) else { throw TableReader.Damaged() }
        let mode = UInt16(truncatingIfNeeded: try reader.number())
        let uid = UInt32(truncatingIfNeeded: try reader.number())
        let gid = UInt32(truncatingIfNeeded: try reader.number())
        let size = try reader.signed()
        let hash = try reader.blob()
        guard hash.isEmpty || hash.count == 32 else { throw TableReader.Damaged() }
        let target = try reader.optional()
        self.init(
            path: path, kind: kind, mode: mode, uid: uid, gid: gid, size: size,
            digest: hash.isEmpty ? nil : Digest(bytes: Array(hash)), target: target,
            owner: try Self.owner(&reader))
    }

    private static func owner(_ reader: inout TableReader) throws(TableReader.Damaged) -> Owner {
        switch try reader.number() {
        case 0:
            guard let name = PackageName(try reader.text()) else { throw TableReader.Damaged() }
            return .package(name)
        case 1: return .definition
        case 2: return .rule(try reader.text())
        default: throw TableReader.Damaged()
        }
    }
}
