// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Where Slipway keeps things (XDG Base Directory Specification), from an environment that is handed in.
package struct Directories: Sendable, Equatable {
    /// What must not be lost: stores, histories. `$XDG_DATA_HOME/slipway` or `~/.local/share/slipway`.
    package let data: HostPath
    /// What can be made again. `$XDG_CACHE_HOME/slipway` or `~/.cache/slipway`.
    package let cache: HostPath
    /// For what lives no longer than the process: `$TMPDIR` or `/tmp`.
    package let temporary: HostPath

    /// Throws `noHome` where neither the variable nor HOME says; relative paths are ignored, as the specification asks.
    package init(environment: [String: String]) throws(StorageError) {
        func absolute(_ name: String) -> HostPath? {
            environment[name].map { HostPath($0) }.flatMap { $0.isAbsolute ? $0 : nil }
        }
        guard let data = absolute("XDG_DATA_HOME") ?? absolute("HOME").map({ $0 / ".local" / "share" }) else {
            throw .noHome(variable: "XDG_DATA_HOME")
        }
        guard let cache = absolute("XDG_CACHE_HOME") ?? absolute("HOME").map({ $0 / ".cache" }) else {
            throw .noHome(variable: "XDG_CACHE_HOME")
        }
        self.data = data / "slipway"
        self.cache = cache / "slipway"
        temporary = absolute("TMPDIR") ?? HostPath("/tmp")
    }
}
