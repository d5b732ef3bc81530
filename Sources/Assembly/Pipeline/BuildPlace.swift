// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Execution
internal import Storage
internal import Vocabulary

/// Where steps run: their workspace, as large as their limits say, and the sandbox that sees it. The workspace is gone with
/// this object where it has a size.
struct BuildPlace: Sendable {
    let workspace: HostPath
    let sandbox: Sandbox
    private let folder: BoundedFolder?

    /// Makes the folder `place`. A size that this machine does not let us hold is reported.
    init(_ workshop: Workshop, _ limits: StepLimits, at place: HostPath) throws {
        try HostDirectory.create(place)
        let sandbox = try Sandbox.find()
        guard let disk = limits.disk else {
            (workspace, self.sandbox, folder) = (place, sandbox, nil)
            return
        }
        do throws(ExecutionError) {
            let folder = try BoundedFolder(at: place, size: disk)
            (workspace, self.sandbox, self.folder) = (folder.path, sandbox.seeing(folder), folder)
        } catch {
            workshop.report(
                .diagnostic(
                    Diagnostic(
                        .warning, .diskNotHeld,
                        "'resources.disk' is not held, and steps may fill the disk: \(error)")))
            (workspace, self.sandbox, folder) = (place, sandbox, nil)
        }
    }
}

/// What steps are given: sources, trees, a place, and somebody who looks at what fails.
struct BuildSite: Sendable {
    let sources: StepRunner.Sources
    let roots: BuildRoot.Roots
    let place: BuildPlace
    /// Nil for nobody.
    var shell: FailureShell?
}

/// A shell where a step failed, for somebody at a terminal.
struct FailureShell: Sendable {
    let log: @Sendable ([UInt8]) -> Void
    /// What the terminal is called (`TERM`).
    let terminal: String

    /// Nil where none is asked for.
    /// - Throws: `PipelineError.noTerminal`, before anything is built.
    init?(
        _ order: RecipeBuildRun.Order, _ workshop: Workshop, log: @escaping @Sendable ([UInt8]) -> Void
    ) throws {
        guard order.opensShell else { return nil }
        guard Program.hasTerminal else { throw PipelineError.noTerminal }
        self.log = log
        terminal = workshop.environment["TERM"] ?? "dumb"
    }

    /// Opens it, and waits until it is left.
    func open(_ step: StepRunner.FailedStep) async throws {
        log(Array("==> a shell where it failed, with the step's own limits; 'exit' leaves it\n".utf8))
        try await step.sandbox.open([step.shell, "-i"], in: step.room, terminal: terminal)
    }
}

extension Diagnostic.Code {
    static let diskNotHeld = Self(rawValue: "limit-not-held")
}
