// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension GitRepository {
    /// A name in a repository that is elsewhere.
    package struct Reference: Sendable, Equatable {
        /// `refs/tags/v1`, `refs/heads/main`, `HEAD`.
        package let name: String
        /// What it stands for, of an annotated tag too; in lowercase hex.
        package var commit: String
    }

    /// The tags of a repository, named without `refs/tags/`; nothing is fetched.
    /// - Parameter url: whatever git takes.
    /// - Throws: `failed` with git's own words; `tooMuchOutput`.
    package static func tags(of url: String) async throws(ExecutionError) -> [Reference] {
        let start = "refs/tags/"
        return try await references(of: url, ["--tags"], []).compactMap { reference in
            guard reference.name.hasPrefix(start) else { return nil }
            return Reference(name: String(reference.name.dropFirst(start.count)), commit: reference.commit)
        }
    }

    /// The commit that a name stands for, in lowercase hex; nil where there is no such name.
    /// - Parameter name: `refs/tags/v1`, `refs/heads/main`, or `HEAD`.
    package static func commit(_ name: String, of url: String) async throws(ExecutionError) -> String? {
        try await references(of: url, [], [name, "\(name)^{}"]).first { $0.name == name }?.commit
    }

    private static func references(
        of url: String, _ options: [String], _ names: [String]
    ) async throws(ExecutionError) -> [Reference] {
        let repository = try GitRepository(at: HostPath("/"))
        return references(
            in: try await repository.call(["ls-remote", "--quiet"] + options + ["--", url] + names))
    }

    /// Lines of `git ls-remote`, `OBJECT<tab>NAME`; behind `NAME^{}` stands the commit of an annotated tag.
    static func references(in text: [UInt8]) -> [Reference] {
        var references: [Reference] = []
        var places: [String: Int] = [:]
        for line in text.split(separator: 0x0A) {
            let parts = line.split(separator: 0x09)
            guard parts.count == 2, let object = String(validating: parts[0], as: UTF8.self),
                let written = String(validating: parts[1], as: UTF8.self),
                [40, 64].contains(object.utf8.count)
            else { continue }
            let isPeeled = written.hasSuffix("^{}")
            let name = String(written.dropLast(isPeeled ? 3 : 0))
            if let place = places[name] {
                if isPeeled { references[place].commit = object.lowercased() }
            } else {
                places[name] = references.count
                references.append(Reference(name: name, commit: object.lowercased()))
            }
        }
        return references
    }
}
