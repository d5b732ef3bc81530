// SPDX-License-Identifier: Apache-2.0

/// A repository index in compact form: one buffer that is written to and read from a cache file as it is.
///
/// Layout, all numbers little-endian: a header (`PackageIndexLayout`), the records sorted by name, a table with the
/// first record of each name, the table of what records provide, sorted by provided name, and the bytes of all
/// strings. Within one name records keep the order of the index that they came from.
package struct PackageIndex: Sendable, Equatable {
    /// What a cache stores.
    package let bytes: [UInt8]
    let layout: PackageIndexLayout

    /// Takes bytes from a cache file, which may be damaged or forged: every offset, order and name is checked, so
    /// that nothing read from the index later can leave the buffer. Whether the content is what a repository signed
    /// is not known here; the cache's key answers for that.
    package init(validating bytes: [UInt8]) throws(PackageIndexError) {
        layout = try bytes.withUnsafeBytes { buffer in
            Result<PackageIndexLayout, PackageIndexError> { () throws(PackageIndexError) in
                let layout = try PackageIndexLayout(header: buffer)
                try PackageIndexCheck(buffer, layout).run()
                return layout
            }
        }.get()
        self.bytes = bytes
    }

    /// For the builder, whose bytes are right by construction.
    init(built bytes: [UInt8], layout: PackageIndexLayout) {
        self.bytes = bytes
        self.layout = layout
    }

    /// An index without packages.
    package static let empty = PackageIndexBuilder().finish()

    /// Number of records (stanzas).
    package var count: Int { layout.records }
    /// Number of different names.
    package var nameCount: Int { layout.names }

    package static func == (left: Self, right: Self) -> Bool { left.bytes == right.bytes }
}

/// Why bytes are no package index; what to do is always the same: make the index again from its source.
package enum PackageIndexError: Error, Equatable, CustomStringConvertible {
    case notAnIndex
    case wrongLength(expected: Int, found: Int)
    case brokenReference(record: Int)
    case brokenOrder(entry: Int)

    package var description: String {
        let reason =
            switch self {
            case .notAnIndex: "it does not begin as one of this version does"
            case .wrongLength(let expected, let found):
                "it has \(found) bytes where its header says \(expected)"
            case .brokenReference(let record):
                "record \(record) points outside of it or holds an impossible value"
            case .brokenOrder(let entry): "entry \(entry) of a table is out of order"
            }
        return "this is no usable package index: \(reason); delete it, it is made again from the repository"
    }
}

/// Where the parts of an index lie. All of it follows from four counts in the header.
struct PackageIndexLayout: Sendable, Equatable {
    /// The last byte counts versions of the layout.
    static let magic: [UInt8] = Array("SLIPIDX".utf8) + [3]
    static let headerSize = 32
    static let recordSize = 192
    static let provideSize = 20
    static let limits = (records: 4_000_000, provides: 16_000_000, strings: 2_000_000_000)

    let records: Int
    let names: Int
    let provides: Int
    let strings: Int

    var recordsStart: Int { Self.headerSize }
    var namesStart: Int { recordsStart + records * Self.recordSize }
    /// The name table has one entry more, the number of records, so that entry n + 1 ends entry n.
    var providesStart: Int { namesStart + (names + 1) * 4 }
    var stringsStart: Int { providesStart + provides * Self.provideSize }
    var total: Int { stringsStart + strings }

    init(records: Int, names: Int, provides: Int, strings: Int) {
        self.records = records
        self.names = names
        self.provides = provides
        self.strings = strings
    }

    init(header: UnsafeRawBufferPointer) throws(PackageIndexError) {
        guard header.count >= Self.headerSize, header.prefix(8).elementsEqual(Self.magic) else {
            throw .notAnIndex
        }
        records = Int(header.number(at: 8))
        names = Int(header.number(at: 12))
        provides = Int(header.number(at: 16))
        strings = Int(header.number(at: 20))
        guard records <= Self.limits.records, names <= records, provides <= Self.limits.provides,
            strings <= Self.limits.strings, header[24..<32].allSatisfy({ $0 == 0 })
        else { throw .notAnIndex }
        guard header.count == total else { throw .wrongLength(expected: total, found: header.count) }
    }
}

extension UnsafeRawBufferPointer {
    /// The little-endian number of four bytes at an offset that was checked before.
    func number(at offset: Int) -> UInt32 {
        UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    func longNumber(at offset: Int) -> UInt64 {
        UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
