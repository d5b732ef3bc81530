// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension GitRepository {
    /// The tags of a repository that is elsewhere, as `git ls-remote --tags` prints them; nothing is fetched.
    /// - Parameter url: whatever git takes.
    /// - Throws: `failed` with git's own words; `tooMuchOutput`.
    package static func tags(of url: String) async throws(ExecutionError) -> [UInt8] {
        let repository = try GitRepository(at: HostPath("/"))
        return try await repository.call(["ls-remote", "--quiet", "--tags", "--", url])
    }

    /// The commit that a name in a repository elsewhere stands for, in lowercase hex; nil where there is no such name.
    /// - Parameter name: `refs/tags/v1`, `refs/heads/main`, or `HEAD`.
    package static func commit(_ name: String, of url: String) async throws(ExecutionError) -> String? {
        let repository = try GitRepository(at: HostPath("/"))
        let lines = try await repository.call(["ls-remote", "--quiet", "--", url, name, "\(name)^{}"])
            .split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self).split(separator: "\t") }
        func object(_ name: String) -> String? {
            lines.first { $0.count == 2 && $0[1] == name }.map { $0[0].lowercased() }
        }
        // Of an annotated tag the commit stands on a line of its own.
        return object("\(name)^{}") ?? object(name)
    }
}
