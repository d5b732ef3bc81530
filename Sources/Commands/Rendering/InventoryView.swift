// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// An inventory as facts for programs and as lines for people.
struct InventoryView: Encodable {
    struct File: Encodable {
        var path: ImagePath
        var kind: ComposedFile.Kind
        var mode: String
        var uid: UInt32
        var gid: UInt32
        var size: Int64
        var digest: Digest?
        var target: String?
    }

    struct Package: Encodable {
        var name: PackageName
        var version: String
        var architecture: String
        var source: String
    }

    var platform: String
    var manifest: Digest
    var distribution: String?
    var compressedSize: Int64?
    var uncompressedSize: Int64
    var packages: Int
    var files: Int
    var configuration: ImageConfiguration
    var packageList: [Package]
    var fileList: [File]?

    init(_ inventory: ImageInventory, withFiles: Bool) {
        platform = inventory.platform.description
        manifest = inventory.manifest.digest
        distribution = inventory.operatingSystem?.prettyName ?? inventory.operatingSystem?.id
        compressedSize = inventory.compressedSize
        uncompressedSize = inventory.uncompressedSize
        packages = inventory.packages.count
        files = inventory.files.count { $0.kind != .directory }
        configuration = inventory.configuration
        packageList = inventory.packages.map {
            Package(
                name: $0.name, version: $0.version, architecture: $0.architecture,
                source: "\($0.sourceName) \($0.sourceVersion)")
        }
        fileList =
            withFiles
            ? inventory.files.map {
                File(
                    path: $0.path, kind: $0.kind, mode: String($0.mode, radix: 8), uid: $0.uid, gid: $0.gid,
                    size: $0.size,
                    digest: $0.digest, target: $0.target)
            } : nil
    }

    var lines: [String] {
        var lines = [
            "\(platform)  \(manifest)",
            "  distribution  \(distribution ?? "unknown")",
            "  size          \(compressedSize.map(Figures.megabytes) ?? "–") compressed, \(Figures.megabytes(uncompressedSize)) unpacked",
            "  holds         \(Figures.count(packages, "package")), \(Figures.count(files, "file"))",
            "  user          \(configuration.config?.user ?? "root")",
            "  starts        \(((configuration.config?.entrypoint ?? []) + (configuration.config?.cmd ?? [])).joined(separator: " "))",
        ]
        lines += packageList.map { "  \($0.name) \($0.version) (\($0.architecture))" }
        for file in fileList ?? [] {
            let target = file.target.map { " -> \($0)" } ?? ""
            lines.append(
                "  \(file.kind.rawValue) \(file.mode) \(file.uid):\(file.gid) \(file.size) \(file.path)\(target)"
            )
        }
        return lines
    }
}
