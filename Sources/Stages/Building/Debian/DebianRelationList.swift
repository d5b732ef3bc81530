// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Relations as they are gathered: of several versions of one relation the highest counts.
struct DebianRelationList {
    private static let placeholder = "#MINVER#"

    /// By their text, `#MINVER#` where a version goes.
    private var versions: [String: DebianVersion?] = [:]

    var names: Set<String> {
        Set(versions.keys.map { String($0.prefix { $0 != " " && $0 != ":" }) })
    }

    /// Relations with commas between them, as `symbols` and `shlibs` have them.
    mutating func add(_ template: String, atLeast version: DebianVersion?) {
        for part in template.split(separator: ",") {
            let text = part.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            guard !text.isEmpty else { continue }
            let known = versions[text] ?? nil
            guard let version else {
                versions[text] = .some(known)
                continue
            }
            versions[text] = known.map { max($0, version) } ?? version
        }
    }

    /// A package in this version or a newer one.
    mutating func add(_ package: String, atLeast version: String) {
        add("\(package) \(Self.placeholder)", atLeast: DebianVersion(version))
    }

    /// A whole relation.
    mutating func add(_ relation: String) { add(relation, atLeast: nil) }

    /// Sorted, each once; a relation without a version that another one implies is left out.
    var relations: [String] {
        let all = Set(
            versions.map { template, version in
                template.replacing(Self.placeholder, with: version.map { "(>= \($0))" } ?? "")
                    .split(separator: " ").joined(separator: " ")
            })
        let versioned = Set(
            all.filter { $0.contains("(") && !$0.contains("|") }.map { $0.prefix { $0 != " " } })
        return all.filter { $0.contains(" ") || !versioned.contains($0[...]) }.sorted()
    }
}
