// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

/// What a folder holds for interpreters: Python's distributions by what they say of themselves, and Perl's modules.
struct ModuleFacts: Equatable {
    /// A Python distribution (core metadata, `METADATA` or `PKG-INFO`).
    struct Distribution: Equatable {
        /// Normalised (PEP 503).
        var name: String
        var version: String
        /// `3.13`, of what stands in a folder for that Python alone.
        var python: String?
        /// Distributions that it always needs, normalised; what only an extra or another system wants is left out.
        var needs: [String]
        /// Of its metadata, for errors.
        var path: ImagePath
    }

    private static let textLimit = 1 << 20

    var distributions: [Distribution] = []
    /// `3.13` of a folder that is for this Python alone.
    var pythonVersions: Set<String> = []
    /// Whether there are modules in a folder for every Python 3 (Debian's `python3/dist-packages`).
    var hasCommonPython = false
    var hasPerl = false

    /// Reads the whole folder, which becomes a package's root.
    init(of folder: RootDirectory) throws {
        try walk(.root, of: folder)
        distributions.sort { $0.name < $1.name }
    }

    private mutating func walk(_ directory: ImagePath, of folder: RootDirectory) throws {
        for name in try folder.names(in: directory) {
            try Task.checkCancellation()
            guard let path = directory.appending(name), let status = try folder.status(of: path) else {
                continue
            }
            if status.kind == .directory {
                try walk(path, of: folder)
            } else {
                try read(path, status, of: folder)
            }
        }
    }

    private mutating func read(
        _ path: ImagePath, _ status: RootDirectory.Status, of folder: RootDirectory
    ) throws {
        let parts = path.components
        guard parts.count > 3, parts[0] == "usr", parts[1] == "lib" || parts[1] == "share" else { return }
        if parts.contains("perl5") { hasPerl = true }
        guard parts[1] == "lib", parts[2].hasPrefix("python3"),
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
        guard isMetadata, status.kind == .file, status.size <= Self.textLimit else { return }
        let text = try folder.reader(of: path).readAll(limit: Self.textLimit)
        guard var found = Self.distribution(String(decoding: text, as: UTF8.self), at: path) else { return }
        found.python = parts[2] == "python3" ? nil : String(parts[2].dropFirst("python".count))
        distributions.append(found)
    }

    /// The headers of core metadata; nil without a name.
    static func distribution(_ text: String, at path: ImagePath) -> Distribution? {
        var found = Distribution(name: "", version: "0", needs: [], path: path)
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.isEmpty { break }
            func value(_ header: String) -> Substring? {
                line.hasPrefix(header) ? line.dropFirst(header.count).drop { $0 == " " } : nil
            }
            if let name = value("Name:") { found.name = normalised(name) }
            if let version = value("Version:") { found.version = String(version) }
            if let need = value("Requires-Dist:").flatMap(Self.need), !found.needs.contains(need) {
                found.needs.append(need)
            }
        }
        return found.name.isEmpty ? nil : found
    }

    /// `foo` of `foo[extra] (>=1.0); python_version < "4"`; nil where a marker speaks of an extra, of an older Python or of
    /// another system: what is needed under a condition is for the recipe to say.
    private static func need(_ text: Substring) -> String? {
        let parts = text.split(separator: ";", maxSplits: 1)
        if parts.count > 1, !holds(parts[1]) { return nil }
        let name = (parts.first ?? "").drop { $0 == " " }.prefix {
            $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" || $0 == "-"
        }
        return name.isEmpty ? nil : normalised(name)
    }

    /// Whether a marker can hold on a Linux with a Python of today, as far as it says one thing alone.
    private static func holds(_ marker: Substring) -> Bool {
        let words = marker.split { $0 == " " || $0 == "(" || $0 == ")" || $0 == "\"" || $0 == "'" }.map(
            String.init)
        guard words.count == 3 else { return false }
        switch (words[0], words[1]) {
        case ("python_version", ">="), ("python_version", ">"), ("python_full_version", ">="): return true
        case ("sys_platform", "=="): return words[2] == "linux"
        case ("sys_platform", "!="): return words[2] != "linux"
        case ("platform_system", "=="): return words[2] == "Linux"
        case ("os_name", "=="): return words[2] == "posix"
        default: return false
        }
    }

    /// PEP 503.
    static func normalised(_ name: some StringProtocol) -> String {
        name.lowercased().split { $0 == "-" || $0 == "_" || $0 == "." }.joined(separator: "-")
    }
}
