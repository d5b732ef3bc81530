// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

extension Planner {
    /// What the image starts, in the terms of the OCI configuration. Environment that every image needs is added where
    /// the definition does not set it: a PATH with the sbin directories, the CA bundle and the UTF-8 locale if they
    /// are there.
    mutating func process(_ accounts: ImageAccounts) throws(ComposingError) -> ImageConfiguration.Process {
        var process = ImageConfiguration.Process()
        process.user = try runAs(accounts)
        if process.user == nil || process.user?.hasPrefix("0:") == true || process.user == "0" {
            warn(
                .runsAsRoot,
                "the image runs as root; set accounts.run-as, to nonroot for one that needs no user of its own",
                at: definition.accounts.runAs?.location)
        }
        var environment = definition.process.environment
        func add(_ name: String, _ value: String, if present: Bool = true) {
            if present, environment[name] == nil { environment[name] = value }
        }
        add("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        let bundle = "/etc/ssl/certs/ca-certificates.crt"
        add("SSL_CERT_FILE", bundle, if: tree.resolve(bundle) != nil)
        add("LANG", "C.UTF-8", if: tree.resolve("/usr/lib/locale/C.utf8/LC_CTYPE") != nil)
        process.environment = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let program = definition.process
        process.entrypoint = program.entrypoint.isEmpty ? nil : program.entrypoint
        process.cmd = program.cmd.isEmpty ? nil : program.cmd
        process.workingDirectory = program.workDirectory
        process.stopSignal = program.stopSignal
        process.labels = definition.annotations.isEmpty ? nil : definition.annotations
        return process
    }
}
