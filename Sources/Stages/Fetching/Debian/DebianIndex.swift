// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

extension DebianRelease.Index {
    /// The index of packages as something to load: from the store, or from `places`, the surest first.
    func wanted(of repository: String, places: [String]) -> IndexLoader.Wanted<PackageIndex> {
        wanted(of: repository, places: places) { try DebianIndexParser.parse($0) }
    }

    /// The same of an index of anything.
    func wanted<Content>(
        of repository: String, places: [String], parse: @escaping @Sendable ([UInt8]) throws -> Content
    ) -> IndexLoader.Wanted<Content> {
        IndexLoader.Wanted(
            repository: repository, file: places.last ?? path, digest: file.digest, size: file.size,
            places: places,
            parse: { blob in try parse(text(blob, of: repository, file: places.last ?? path)) })
    }

    /// Decompressed within the size that the release gives, and checked.
    private func text(
        _ blob: VerifyingReader, of repository: String, file name: String
    ) throws -> [UInt8] {
        let limit = min(plain?.size ?? IndexLoader.plainLimit, IndexLoader.plainLimit)
        let text = try Self.readAll(
            Decompressor.open(compression, of: blob, limits: DecodingLimits(outputBytes: limit)),
            expecting: plain?.size ?? file.size * 4)
        if let plain, ContentHasher.digest(of: text) != plain.digest {
            throw FetchingError.mismatch(
                repository: repository, file: "\(name), decompressed", expected: "\(plain.digest)",
                found: "\(ContentHasher.digest(of: text))")
        }
        try blob.drain()
        return text
    }

    var compression: Compression {
        path.hasSuffix(".xz") ? .xz : path.hasSuffix(".gz") ? .gzip : .none
    }

    private static func readAll(_ source: any ByteSource, expecting size: Int64) throws -> [UInt8] {
        var text: [UInt8] = []
        // What the release says, but not on its word alone: memory follows the bytes that really come.
        text.reserveCapacity(Int(min(size, 64 << 20)))
        try source.forEachPiece(of: 256 << 10) { piece in
            text.append(contentsOf: piece)
            try Task.checkCancellation()
        }
        return text
    }
}
