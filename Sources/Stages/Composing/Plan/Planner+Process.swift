// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

extension Planner {
    /// What the image starts, in the terms of the OCI configuration. Environment that the family gives every image is
    /// added where the definition does not set it.
    mutating func process(_ accounts: ImageAccounts) throws(ComposingError) -> ImageConfiguration.Process {
        var process = base?.configuration.config ?? ImageConfiguration.Process()
        if base == nil { process.user = try runAs(accounts) }
        if process.user == nil || process.user?.hasPrefix("0:") == true || process.user == "0" {
            warn(
                .runsAsRoot,
                "the image runs as root; set accounts.run-as, to nonroot for one that needs no user of its own"
                    + (base == nil ? "" : ", in the definition of the base image"),
                at: definition.accounts.runAs?.location ?? definition.contents.baseImage?.location)
        }
        if base != nil { return process }
        var environment = definition.process.environment
        for variable in family.environment
        where environment[variable.name] == nil && variable.requires.map({ tree.resolve($0) != nil }) ?? true
        {
            environment[variable.name] = variable.value
        }
        process.environment = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let program = definition.process
        process.entrypoint = program.entrypoint.isEmpty ? nil : program.entrypoint
        process.cmd = program.cmd.isEmpty ? nil : program.cmd
        process.workingDirectory = program.workDirectory
        process.stopSignal = program.stopSignal
        process.volumes =
            program.volumes.isEmpty
            ? nil : Dictionary(program.volumes.map { ($0, .init()) }, uniquingKeysWith: { first, _ in first })
        process.labels = definition.annotations.isEmpty ? nil : definition.annotations
        return process
    }
}
