// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// A diagnostic as people read it: what is said of several places is said once, with all of them.
struct DiagnosticGroup: Equatable {
    let severity: Diagnostic.Severity
    let message: String
    private(set) var places: [SourceLocation]

    /// In the order in which each was said first.
    static func groups(of diagnostics: [Diagnostic]) -> [DiagnosticGroup] {
        var groups: [DiagnosticGroup] = []
        for diagnostic in diagnostics {
            let place = diagnostic.location.map { [$0] } ?? []
            if let known = groups.firstIndex(where: {
                $0.severity == diagnostic.severity && $0.message == diagnostic.message
            }) {
                groups[known].places += place.filter { !groups[known].places.contains($0) }
            } else {
                groups.append(
                    DiagnosticGroup(
                        severity: diagnostic.severity, message: diagnostic.message, places: place))
            }
        }
        return groups
    }

    /// `F.yaml:5:7, 6:7: note: …`
    func line(_ terminal: Terminal) -> String {
        let label =
            severity == .warning
            ? terminal.paint("warning:", .yellow, in: .talk) : terminal.paint("note:", .cyan, in: .talk)
        return "\(prefix)\(label) \(message)"
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
