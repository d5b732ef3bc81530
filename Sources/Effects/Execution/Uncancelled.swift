// SPDX-License-Identifier: Apache-2.0

/// Runs clean-up to its end although the task that asks for it was cancelled, and waits for it. The one unstructured
/// task in Execution: a cancelled task starts no child process, and what it started earlier would be left running.
func uncancelled<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async -> Value {
    await Task(operation: { await body() }).value
}
