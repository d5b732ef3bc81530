// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// A diagnostic as people read it: what is said of several places is said once, with all of them.
struct DiagnosticGroup: Equatable {
    let severity: Diagnostic.Severity
    let message: String
    private(set) var places: [SourceLocation]
    /// How many say the same of another architecture's files.
    private(set) var alike = 0

    /// In the order in which each was said first.
    static func groups(of diagnostics: [Diagnostic]) -> [DiagnosticGroup] {
        struct Key: Hashable {
            let isWarning: Bool
            let message: String
        }
        var groups: [DiagnosticGroup] = []
        var known: [Key: Int] = [:]
        for diagnostic in diagnostics {
            let places = diagnostic.location.map { [$0] } ?? []
            let key = Key(
                isWarning: diagnostic.severity == .warning, message: withoutArchitecture(diagnostic.message))
            if let group = known[key] {
                groups[group].places += places.filter { !groups[group].places.contains($0) }
                if groups[group].message != diagnostic.message { groups[group].alike += 1 }
            } else {
                known[key] = groups.count
                groups.append(
                    DiagnosticGroup(
                        severity: diagnostic.severity, message: diagnostic.message, places: places))
            }
        }
        return groups
    }

    /// `F.yaml:5:7, 6:7: note: …`
    func line(_ terminal: Terminal) -> String {
        let label =
            severity == .warning
            ? terminal.paint("warning:", .yellow, in: .talk) : terminal.paint("note:", .cyan, in: .talk)
        let more = alike == 0 ? "" : " (and the same of \(Figures.count(alike, "other architecture")))"
        return "\(prefix)\(label) \(message)\(more)"
    }

    /// Names of architectures and of their library directories, which tell one platform's files from another's.
    private static let triplets = [
        "amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu", "armhf": "arm-linux-gnueabihf",
        "i386": "i386-linux-gnu", "ppc64el": "powerpc64le-linux-gnu", "riscv64": "riscv64-linux-gnu",
        "s390x": "s390x-linux-gnu",
    ]

    private static func withoutArchitecture(_ message: String) -> String {
        var text = message
        for (name, triplet) in triplets.sorted(by: { $0.value.count > $1.value.count }) {
            text.replace(triplet, with: "*")
            text.replace(name, with: "*")
        }
        return text
    }

    private var prefix: String {
        var words: [String] = []
        for (number, place) in places.enumerated() {
            let isSameFile = number > 0 && places[number - 1].file == place.file
            words.append(isSameFile ? "\(place.line):\(place.column)" : "\(place)")
        }
        return words.isEmpty ? "" : words.joined(separator: ", ") + ": "
    }
}
