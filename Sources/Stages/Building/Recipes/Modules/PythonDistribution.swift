// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// A Python distribution (core metadata, `METADATA` or `PKG-INFO`).
struct PythonDistribution: Equatable {
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

extension PythonDistribution {
    /// The headers of core metadata; nil without a name.
    init?(metadata text: String, at path: ImagePath) {
        self.init(name: "", version: "0", needs: [], path: path)
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.isEmpty { break }
            func value(_ header: String) -> Substring? {
                line.hasPrefix(header) ? line.dropFirst(header.count).drop { $0 == " " } : nil
            }
            if let written = value("Name:") { name = Self.normalised(written) }
            if let written = value("Version:") { version = String(written) }
            if let need = value("Requires-Dist:").flatMap(Self.need), !needs.contains(need) {
                needs.append(need)
            }
        }
        if name.isEmpty { return nil }
    }

    /// `foo` of `foo[extra] (>=1.0); python_version < "4"`; nil where a marker speaks of an extra, of an older Python or of
    /// another system: what is needed under a condition is for the recipe to say.
    private static func need(_ text: Substring) -> String? {
        let parts = text.split(separator: ";", maxSplits: 1)
        if parts.count > 1, !holds(parts[1]) { return nil }
        let name = (parts.first ?? "").drop { $0 == " " }.prefix {
            $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" || $0 == "-"
        }
        let normal = normalised(name)
        return normal.isEmpty ? nil : normal
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
