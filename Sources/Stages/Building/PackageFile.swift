// SPDX-License-Identifier: Apache-2.0

internal import Storage
package import Vocabulary

/// A package file of either family, to look into.
package protocol PackageFile: Sendable {
    /// What it says and holds; no signature is checked.
    func facts() throws(BuildingError) -> PackageFacts

    /// Unpacks the data into a folder that must not be there yet and appears whole or not at all.
    func extract(to folder: HostPath) throws(BuildingError) -> [Diagnostic]
}

/// Package files by what they begin with.
package enum PackageFiles {
    /// A deb is an ar archive, an apk begins with gzip.
    /// - Throws: `BuildingError.notAPackage`.
    package static func open(_ path: HostPath) throws(BuildingError) -> any PackageFile {
        let head = try BuildingError.wrapping {
            let reader = try FileReader(path)
            var head = [UInt8](repeating: 0, count: 8)
            let count = try head.withUnsafeMutableBytes { try reader.read(into: $0) }
            return Array(head[..<count])
        }
        if head == Array("!<arch>\n".utf8) { return DebianPackageFile(path) }
        if head.starts(with: [0x1F, 0x8B]) { return AlpinePackageFile(path) }
        throw .notAPackage(path, reason: "it begins neither like a deb nor like an apk")
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
