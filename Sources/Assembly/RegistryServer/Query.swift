// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The query of a request: the first value of each name. `+` stays `+`, since media types hold it and nothing here
/// holds a space.
struct Query: Equatable {
    private let values: [String: String]

    /// Fields that do not decode are left out.
    init(_ text: Substring) {
        var values: [String: String] = [:]
        for field in text.split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0]) else { continue }
            let value = parts.count == 2 ? PercentEncoding.decode(parts[1]) : ""
            if let value, values[name] == nil { values[name] = value }
        }
        self.values = values
    }

    subscript(name: String) -> String? { values[name] }
}
