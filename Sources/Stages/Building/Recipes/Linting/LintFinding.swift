// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Something that a linter or a check says of a package.
package struct LintFinding: Sendable, Hashable {
    package let package: String
    package let linter: Linter
    /// Nil where it is about the whole package.
    package let path: ImagePath?
    /// What is wrong, without the path before it.
    package let message: String
    /// Nothing is published; a warning otherwise.
    package let refuses: Bool

    init(
        _ linter: Linter, of package: String, at path: ImagePath?, _ message: String, refuses: Bool? = nil
    ) {
        self.package = package
        self.linter = linter
        self.path = path
        self.message = message
        self.refuses = refuses ?? linter.refuses
    }

    /// The finding as people read it.
    package var text: String {
        "\(package): \(path.map { "\($0) " } ?? "")\(message): \(linter.remedy)"
    }

    /// The code is what switches the linter off.
    package var diagnostic: Diagnostic {
        Diagnostic(.warning, Diagnostic.Code(rawValue: linter.name), text)
    }
}

extension LintFinding: Comparable {
    /// Of one linter: what refuses first, then by path; what is about the whole package comes last.
    package static func < (left: LintFinding, right: LintFinding) -> Bool {
        if left.refuses != right.refuses { return left.refuses }
        switch (left.path, right.path) {
        case (let one?, let other?) where one != other: return one < other
        case (_?, nil): return true
        case (nil, _?): return false
        default: return left.message < right.message
        }
    }
}

extension LintFinding {
    /// The names of a package's `checks: disabled:` that are none: each with what was probably meant.
    package static func unknown(in disabled: [String], of package: String) -> [Diagnostic] {
        let names = Linter.all.map(\.name)
        return disabled.filter { !names.contains($0) }.map { name in
            let nearest = EditDistance.nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
            return Diagnostic(
                .warning, .unknownCheck,
                "\(package): 'checks.disabled' names '\(name)', and there is no such check\(nearest)")
        }
    }
}

extension Diagnostic.Code {
    static let unknownCheck = Self(rawValue: "unknown-check")
}
