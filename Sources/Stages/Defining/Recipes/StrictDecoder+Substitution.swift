// SPDX-License-Identifier: Apache-2.0

extension StrictDecoder {
    /// The text with its variables written out; nil, and a problem, where one is unknown.
    mutating func substituted(
        _ text: String, _ key: String, _ node: YAMLNode, in scope: SubstitutionScope
    ) -> String? {
        do throws(SubstitutionScope.Failure) {
            return try scope.substituting(text)
        } catch {
            bad(node, key, text, error.description)
            return nil
        }
    }

    /// Whether an `if` holds; false, and a problem, where it cannot be told.
    mutating func holds(_ condition: String, _ node: YAMLNode, in scope: SubstitutionScope) -> Bool {
        do throws(SubstitutionScope.Failure) {
            return try Expression.holds(condition, in: scope)
        } catch {
            bad(node, "if", condition, error.description)
            return false
        }
    }
}
