// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension Requirement {
    /// Nil where the family had a reason to prefer what was taken.
    func guess(_ chosen: String, for owner: String) -> Diagnostic? {
        guard !equals.isEmpty, equals.contains(chosen) else { return nil }
        let others = equals.filter { $0 != chosen }
        return Diagnostic(
            .warning, Diagnostic.Code(rawValue: "provider-guessed"),
            "'\(chosen)' was taken for '\(text)' of \(owner), equally good would be "
                + "\(others.joined(separator: ", ")); name one in contents.packages")
    }
}
