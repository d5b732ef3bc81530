// SPDX-License-Identifier: Apache-2.0
package import Archives
package import Vocabulary

/// Makes real .deb files: honest ones by `dpkg-deb`, hostile ones by putting together what dpkg-deb refuses.
package struct PackageFiles {
    /// A package file and what a lock says of it.
    package struct Made: Sendable {
        package var package: LockedPackage
        package let bytes: [UInt8]

        package init(package: LockedPackage, bytes: [UInt8]) {
            self.package = package
            self.bytes = bytes
        }
    }

    /// The time of every file: 2026-01-02T03:04:05Z.
    package static let time: Int64 = 1_767_323_045

    private let scratch: Scratch

    package init() throws { scratch = try Scratch() }

    /// `files` is a shell script that runs in the package's root. `fields` are further lines of the control file.
    package func make(
        _ name: String, version: String = "1.0-1", architecture: String = "amd64", fields: [String] = [],
        role: LockedPackage.Role = .installed, requested: Bool = false, compression: String = "xz",
        files: String
    ) throws -> Made {
        try scratch.sh("rm -rf root && mkdir -p root/DEBIAN")
        try scratch.write(Self.control(name, version, architecture, fields), to: "root/DEBIAN/control")
        try scratch.sh(
            """
            cd root
            \(files)
            find . -path ./DEBIAN -prune -o -type f -printf '%P\\0' | sort -z | xargs -0 -r md5sum > ../md5sums
            if [ -s ../md5sums ]; then mv ../md5sums DEBIAN/md5sums; fi
            find . -print0 | xargs -0 touch -h -d @\(Self.time)
            cd ..
            export SOURCE_DATE_EPOCH=\(Self.time)
            dpkg-deb --root-owner-group -Z\(compression) -b root made.deb
            """)
        return Made(
            package: try Self.locked(
                name, version, architecture, role, requested, try scratch.read("made.deb")),
            bytes: try scratch.read("made.deb"))
    }

    /// A package whose data archive holds these very entries.
    package func make(
        _ name: String, version: String = "1.0-1", role: LockedPackage.Role = .installed,
        entries: [(TarEntry, [UInt8])], members: (inout [(String, [UInt8])]) -> Void = { _ in }
    ) throws -> Made {
        var data = TarWriter(MemorySink(), allowsDevices: true)
        for (entry, content) in entries { try data.append(entry, content: content) }
        try data.finishArchive()
        return try make(name, version: version, role: role, data: data.sink.bytes, members: members)
    }

    /// A package with these bytes as its uncompressed data archive.
    package func make(
        _ name: String, version: String = "1.0-1", role: LockedPackage.Role = .installed, data: [UInt8],
        members: (inout [(String, [UInt8])]) -> Void = { _ in }
    ) throws -> Made {
        var control = TarWriter(MemorySink())
        let text = Self.control(name, version, "amd64", [])
        try control.append(
            TarEntry(path: "./control", kind: .file, mode: 0o644, size: Int64(text.count)), content: text)
        try control.finishArchive()
        var list = [
            ("debian-binary", Array("2.0\n".utf8)), ("control.tar", control.sink.bytes), ("data.tar", data),
        ]
        members(&list)
        var bytes = Array("!<arch>\n".utf8)
        for (name, content) in list {
            func field(_ text: String, _ width: Int) -> [UInt8] {
                Array((text + String(repeating: " ", count: max(0, width - text.utf8.count))).utf8)
            }
            bytes += field(name, 16) + field("0", 12) + field("0", 6) + field("0", 6) + field("100644", 8)
            bytes += field("\(content.count)", 10) + [0x60, 0x0A] + content
            if content.count % 2 == 1 { bytes.append(0x0A) }
        }
        return Made(package: try Self.locked(name, version, "amd64", role, false, bytes), bytes: bytes)
    }

    private static func control(
        _ name: String, _ version: String, _ architecture: String, _ fields: [String]
    ) -> [UInt8] {
        let lines =
            [
                "Package: \(name)", "Version: \(version)", "Architecture: \(architecture)",
                "Maintainer: Nobody <nobody@example.org>",
            ] + fields + ["Description: for a test"]
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    private static func locked(
        _ name: String, _ version: String, _ architecture: String, _ role: LockedPackage.Role,
        _ requested: Bool,
        _ bytes: [UInt8]
    ) throws -> LockedPackage {
        guard let name = PackageName(name) else {
            throw Tool.Failure(script: name, status: 1, output: "no name")
        }
        return LockedPackage(
            name: name, version: version, architecture: architecture, role: role, sourceName: name,
            sourceVersion: version, maintainer: nil, homepage: nil, digest: ContentHasher.digest(of: bytes),
            size: Int64(bytes.count), installedSize: nil, requestedBy: requested ? [name.text] : [], edges: []
        )
    }
}
