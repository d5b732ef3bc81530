// SPDX-License-Identifier: Apache-2.0

internal import Execution
package import Vocabulary

/// What the steps of a recipe may use, and what holds them to it.
package struct StepLimits: Sendable, Equatable {
    /// Seconds in all, where a recipe says nothing.
    private static let defaultTime: Int64 = 3 * 3600
    /// Processes at once: more than any build starts, fewer than a machine can bear.
    private static let processes = 4096

    /// Seconds for all steps together.
    package let time: Int64
    /// Bytes of the workspace; nil for what its file system has.
    package let disk: Int64?
    let group: ControlGroup.Limits

    package init(_ limits: Recipe.Limits) {
        time = limits.time ?? Self.defaultTime
        disk = limits.disk
        group = ControlGroup.Limits(
            processors: limits.processors, memory: limits.memory, processes: Self.processes)
    }

    /// The limits of a recipe's tests: where those of tests say nothing, those of its build hold.
    package static func tests(of recipe: Recipe) -> StepLimits {
        var limits = recipe.testLimits
        limits.processors = limits.processors ?? recipe.limits.processors
        limits.memory = limits.memory ?? recipe.limits.memory
        limits.disk = limits.disk ?? recipe.limits.disk
        limits.time = limits.time ?? recipe.limits.time
        return StepLimits(limits)
    }

    /// What this machine does not let us hold, of what the recipe asks for.
    package var diagnostics: [Diagnostic] {
        let asked = ControlGroup.Limits(processors: group.processors, memory: group.memory)
        let keys: [ControlGroup.Resource: String] = [.processors: "cpu", .memory: "memory"]
        return ControlGroup.unheld(asked).compactMap { keys[$0] }.sorted().map { key in
            Diagnostic(
                .warning, .limitNotHeld,
                "'resources.\(key)' is not held: this user may make no control group with it; run Slipway as root, or as "
                    + "'systemd-run --user --scope slipway …'")
        }
    }

    /// The capabilities that a recipe may have for its steps: none of them is worth anything outside of the sandbox's own
    /// user namespace, and none opens more of the kernel to it.
    private static let capabilities = [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "NET_RAW",
        "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ]

    /// Capabilities of steps, as bubblewrap calls them.
    /// - Throws: `unsupported` for those that would open the sandbox, and for unknown ones.
    static func capabilities(of recipe: Recipe) throws(BuildingError) -> [String] {
        func plain(_ name: String) -> String {
            let name = name.uppercased()
            return name.hasPrefix("CAP_") ? String(name.dropFirst(4)) : name
        }
        let dropped = Set(recipe.capabilities.dropped.map(plain))
        var kept: Set<String> = []
        for name in recipe.capabilities.added.map(plain)
        where !dropped.contains(name) && !dropped.contains("ALL") {
            guard capabilities.contains(name) else {
                throw .unsupported(
                    "the capability \(name) is not given to steps: a sandbox with it would be none; those that can be had are "
                        + capabilities.joined(separator: ", "),
                    at: SourceLocation(file: recipe.file, line: 1, column: 1))
            }
            kept.insert(name)
        }
        return kept.sorted().map { "CAP_\($0)" }
    }
}

extension Diagnostic.Code {
    static let limitNotHeld = Self(rawValue: "limit-not-held")
}
