// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

/// What a folder holds for interpreters: Python's distributions and Ruby's gems by what they say of themselves, and Perl's
/// modules by what they load.
struct ModuleFacts: Equatable {
    private static let textLimit = 1 << 20

    var distributions: [PythonDistribution] = []
    /// `3.13` of a folder that is for this Python alone.
    var pythonVersions: Set<String> = []
    /// Whether there are modules in a folder for every Python 3 (Debian's `python3/dist-packages`).
    var hasCommonPython = false
    var gems: [RubyGem] = []
    var hasPerl = false
    /// `5.40` of modules in C, which are for this Perl alone.
    var perlVersions: Set<String> = []
    /// The modules that Perl's modules load, and the first file that does.
    var perlModules: [String: ImagePath] = [:]

    /// Reads the whole folder, which becomes a package's root.
    /// - Throws: `StorageError`, `CancellationError`.
    init(of folder: RootDirectory) throws {
        try folder.walk { path, status in
            guard status.kind != .directory else { return }
            try readPerl(path, status, of: folder)
            try readPython(path, status, of: folder)
            try readGem(path, status, of: folder)
        }
        distributions.sort { $0.name < $1.name }
        gems.sort { $0.name < $1.name }
    }

    private func text(
        _ path: ImagePath, _ status: RootDirectory.Status, of folder: RootDirectory
    ) throws -> String? {
        guard status.kind == .file, status.size <= Self.textLimit else { return nil }
        return String(
            decoding: try folder.reader(of: path).readAll(limit: Self.textLimit), as: UTF8.self)
    }

    private mutating func readPerl(
        _ path: ImagePath, _ status: RootDirectory.Status, of folder: RootDirectory
    ) throws {
        let parts = path.components
        guard parts.count > 3, parts[0] == "usr", parts[1] == "lib" || parts[1] == "share",
            let place = parts.firstIndex(of: "perl5")
        else { return }
        hasPerl = true
        let version = parts[(place + 1)...].first { $0.first?.isNumber ?? false }
        if path.name.hasSuffix(".so"), let version { perlVersions.insert(String(version)) }
        guard path.name.hasSuffix(".pm"), let text = try text(path, status, of: folder) else { return }
        for module in PerlSource.modules(in: text) {
            perlModules[module] = min(path, perlModules[module] ?? path)
        }
    }

    private mutating func readPython(
        _ path: ImagePath, _ status: RootDirectory.Status, of folder: RootDirectory
    ) throws {
        let parts = path.components
        guard parts.count > 3, parts[0] == "usr", parts[1] == "lib", parts[2].hasPrefix("python3"),
            parts[3] == "site-packages" || parts[3] == "dist-packages"
        else { return }
        if parts[2] == "python3" {
            hasCommonPython = true
        } else {
            pythonVersions.insert(String(parts[2].dropFirst("python".count)))
        }
        // A module in C is for the Python that it was compiled for, wherever it stands.
        if let range = path.name.firstRange(of: ".cpython-3"), path.name.hasSuffix(".so") {
            pythonVersions.insert("3.\(path.name[range.upperBound...].prefix(while: \.isNumber))")
        }
        let isMetadata =
            parts.count == 6 && parts[4].hasSuffix(".dist-info") && parts[5] == "METADATA"
            || parts.count == 6 && parts[4].hasSuffix(".egg-info") && parts[5] == "PKG-INFO"
        guard isMetadata, let text = try text(path, status, of: folder),
            var found = PythonDistribution(metadata: text, at: path)
        else { return }
        found.python = parts[2] == "python3" ? nil : String(parts[2].dropFirst("python".count))
        distributions.append(found)
    }

    private mutating func readGem(
        _ path: ImagePath, _ status: RootDirectory.Status, of folder: RootDirectory
    ) throws {
        guard path.name.hasSuffix(RubyGem.ending), path.components.contains("specifications"),
            let text = try text(path, status, of: folder), let gem = RubyGem(specification: text, at: path)
        else { return }
        gems.append(gem)
    }
}
