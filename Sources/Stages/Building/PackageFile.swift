// SPDX-License-Identifier: Apache-2.0

internal import Storage
package import Vocabulary

/// A finished package file, of whichever family its first bytes say.
package enum PackageFile: Sendable {
    case debian(DebianPackageFile)
    case alpine(AlpinePackageFile)

    /// Looks at the beginning of the file: a deb is an ar archive, an apk begins with gzip.
    package init(_ path: HostPath) throws(BuildingError) {
        let head = try BuildingError.wrapping {
            let reader = try FileReader(path)
            var head = [UInt8](repeating: 0, count: 8)
            let count = try head.withUnsafeMutableBytes { try reader.read(into: $0) }
            return Array(head[..<count])
        }
        if head == Array("!<arch>\n".utf8) {
            self = .debian(DebianPackageFile(path))
        } else if head.starts(with: [0x1F, 0x8B]) {
            self = .alpine(AlpinePackageFile(path))
        } else {
            throw .notAPackage(path, reason: "it begins neither like a deb nor like an apk")
        }
    }

    /// What it says and holds; no signature is checked.
    package func facts() throws(BuildingError) -> PackageFacts {
        switch self {
        case .debian(let file): try file.facts()
        case .alpine(let file): try file.facts()
        }
    }

    /// Unpacks the data into `folder`, which must not be there yet and appears whole or not at all.
    package func extract(to folder: HostPath) throws(BuildingError) -> [Diagnostic] {
        switch self {
        case .debian(let file): try file.extract(to: folder)
        case .alpine(let file): try file.extract(to: folder)
        }
    }
}

extension PackageLinter.Subject {
    /// Fields of either family that say that a package is for something without files.
    private static let relations: Set<String> = [
        "depend", "provides", "replaces", "install_if", "Depends", "Pre-Depends", "Provides", "Recommends",
    ]

    /// The subject of a finished package.
    package init(finished facts: PackageFacts) {
        self.init(name: facts.name, architecture: facts.architecture)
        isMeta = !facts.scripts.isEmpty || facts.fields.contains { Self.relations.contains($0.name) }
    }
}
