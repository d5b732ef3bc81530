// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Storage
internal import Vocabulary

/// A package as a file (.apk, version 2): signatures, control and data, each a gzip member of its own.
struct AlpinePackageFile {
    static let info = ".PKGINFO"
    /// What apk runs on a host, and images record.
    static let scripts = [
        ".pre-install", ".post-install", ".pre-upgrade", ".post-upgrade", ".pre-deinstall", ".post-deinstall",
        ".trigger",
    ]

    private let reader: ApkReader

    init(_ file: VerifyingReader) throws { reader = try ApkReader(file) }

    /// The chain inside the package is checked on the way: the control member is the one that the lock names, it names
    /// the data member, and that names its files.
    func read(with decoder: inout PackageDecoder, into writer: inout TarWriter<SegmentSink>) throws {
        let control = try reader.readControl()
        try decoder.check(name: control.info.name.text, version: control.info.version)
        if let expected = decoder.package.checksum, expected != control.checksum {
            throw decoder.unreadable(
                "its control member is \(control.checksum), not \(expected) as its index and lock say")
        }
        for file in control.files where file.name == Self.info || Self.scripts.contains(file.name) {
            decoder.table.keep(ControlMember(name: file.name, mode: file.mode, content: file.bytes))
        }
        decoder.table.provides = control.info.provides.compactMap {
            (try? AlpineDependency($0[...].utf8))?.name
        }
        decoder.table.checksum = control.checksum
        decoder.hashesSHA1 = true
        var limits = PackageDecoder.limits
        limits.requiresEndMarker = false
        try decoder.take(TarReader(try reader.openData(), limits: limits), into: &writer)
        _ = try reader.finish()
    }
}
