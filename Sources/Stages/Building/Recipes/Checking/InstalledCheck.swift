// SPDX-License-Identifier: Apache-2.0

internal import Archives
package import Execution
package import Storage
package import Vocabulary

/// Tries an installed package without knowing anything of it: its programs and libraries find what they need, its Python
/// modules can be imported, pkg-config's modules answer, and each command says a version or a help text.
package struct InstalledCheck: Sendable {
    /// Seconds that a program gets for one question, a module for being imported, and a package's programs and modules
    /// all together, where its tests get no less.
    var patience = (question: 20, module: 120, all: 1800)
    /// More of a package are not tried one by one.
    static let limits = (commands: 300, modules: 100, output: 64 << 10)

    let sandbox: Sandbox
    /// The unpacked image, which must hold `home/build`.
    let image: HostPath
    /// A folder for what programs write.
    let workspace: HostPath
    let limits: StepLimits
    let workers: WorkerThreads
    let log: @Sendable ([UInt8]) -> Void

    /// - Parameters:
    ///   - image: the unpacked image, which must hold `home/build`.
    ///   - workspace: an empty folder for what programs write.
    ///   - limits: of programs that are run.
    ///   - log: is given one line for each thing that was tried.
    package init(
        sandbox: Sandbox, image: HostPath, workspace: HostPath, limits: StepLimits, workers: WorkerThreads,
        log: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.sandbox = sandbox
        self.image = image
        self.workspace = workspace
        self.limits = limits
        self.workers = workers
        self.log = log
    }

    /// Whether the package has anything that can be tried.
    /// - Parameter folder: the package's files, as they were packed.
    package static func concerns(_ folder: HostPath) throws(BuildingError) -> Bool {
        try BuildingError.wrapping {
            try LintTree(folder).entries.contains {
                $0.elf != nil || $0.script != nil || $0.isModule
                    || $0.path.parent?.isPythonModules == true
            }
        }
    }

    /// All that is wrong with the package in this image, by check and then by path.
    /// - Parameter folder: the package's files, as they were packed.
    package func findings(
        of folder: HostPath, _ subject: PackageLinter.Subject
    ) async throws(BuildingError) -> [LintFinding] {
        do {
            let (tree, installed) = try await workers.run { [image] in
                (try LintTree(folder), try InstalledTree(image))
            }
            var pass = LintPass(subject: subject)
            pass = try await workers.run { [pass] in
                var pass = pass
                for entry in tree.entries where entry.isFile {
                    pass.checkLibraries(entry, in: installed)
                    pass.checkInterpreter(entry, in: installed)
                    pass.checkModule(entry, in: installed)
                }
                return pass
            }
            let deadline = ContinuousClock.now + .seconds(min(Int64(patience.all), limits.time))
            if !subject.disabled.contains(Linter.importcheck.name) {
                try await checkImports(tree, installed, before: deadline, &pass)
            }
            if !subject.disabled.contains(Linter.cmdcheck.name) {
                try await checkCommands(tree, before: deadline, &pass)
            }
            return pass.result
        } catch { throw BuildingError(error) }
    }
}

extension LintTree.Entry {
    /// A file of pkg-config's where it is looked for.
    var isModule: Bool {
        isFile && name.hasSuffix(".pc") && (parent.hasSuffix("/pkgconfig") || parent == "pkgconfig")
    }
}
