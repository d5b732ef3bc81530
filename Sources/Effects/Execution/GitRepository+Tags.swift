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
}
