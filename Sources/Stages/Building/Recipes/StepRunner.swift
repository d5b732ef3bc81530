// SPDX-License-Identifier: Apache-2.0

internal import Archives
package import Execution
package import Storage
internal import Synchronization
package import Vocabulary

/// Carries out steps of a recipe, one after the other, in a sandbox whose root is an image: those that build, whose output
/// below `melange-out/NAME` is the package NAME, and those that test it.
package struct StepRunner: Sendable {
    /// The sources that steps want, in a store.
    package struct Sources: Sendable {
        package let store: ContentStore
        /// By the whole of what was asked: one address may be expected to be two files, and then one of them is refused.
        package var files: [Recipe.Fetch: Digest] = [:]
        /// Tars, likewise.
        package var checkouts: [Recipe.Checkout: Digest] = [:]

        package init(store: ContentStore) { self.store = store }
    }

    /// So much of what a step says last is looked at where it fails.
    private static let tail = 64 << 10

    /// Where a step failed: what it saw, for somebody to look around in.
    package struct FailedStep: Sendable {
        package let room: Sandbox.Room
        /// The shell that ran it.
        package let shell: String
        package let sandbox: Sandbox
    }

    private let sandbox: Sandbox
    /// The unpacked image.
    private let root: HostPath
    /// Likewise; nil where the recipe has none.
    private let sysroot: HostPath?
    private let workers: WorkerThreads
    private let log: @Sendable ([UInt8]) -> Void
    /// Is called where a step failed, before anything of it is gone.
    package var onFailure: (@Sendable (FailedStep) async throws -> Void)?

    /// - Parameters:
    ///   - root: must hold `home/build`.
    ///   - log: is given what steps write, both streams as they come, and a line before each step.
    package init(
        sandbox: Sandbox, root: HostPath, sysroot: HostPath? = nil, workers: WorkerThreads,
        log: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.sandbox = sandbox
        self.root = root
        self.sysroot = sysroot
        self.workers = workers
        self.log = log
    }

    /// Builds the recipe's packages in `workspace`, an empty folder; returns the newest time of the sources, in seconds
    /// since 1970.
    /// - Parameters:
    ///   - local: a folder beside the recipe whose content lies in the workspace from the beginning.
    ///   - time: `SOURCE_DATE_EPOCH` of the steps; nil takes the newest time of what was unpacked until then.
    /// - Throws: `step` with the place of the step that failed.
    package func build(
        _ recipe: Recipe, sources: Sources, local: HostPath?, in workspace: HostPath, time: Int64?
    ) async throws(BuildingError) -> Int64 {
        let outputs = recipe.packages.map { "\(Recipe.output)/\($0.metadata.name)" }
        try await offPool {
            if let local { try FolderCopy.copy(local, into: workspace) }
            let folder = try RootDirectory(workspace)
            for output in outputs { try makeFolders(output, in: folder) }
        }
        let newest = try await run(
            recipe.steps,
            Setting(
                environment: recipe.environment.process.environment, limits: StepLimits(recipe.limits),
                capabilities: try StepLimits.capabilities(of: recipe), workspace: workspace, time: time),
            sources)
        try await offPool { try Self.check(outputs, in: workspace) }
        return newest
    }

    /// Whoever packs opens a package's folder by its path: a link that a step put in its place would lead to a folder of
    /// the host's, whose files would be published.
    private static func check(_ outputs: [String], in workspace: HostPath) throws {
        let folder = try RootDirectory(workspace)
        for output in outputs {
            guard let path = ImagePath(output), try folder.status(of: path)?.kind == .directory else {
                throw BuildingError.unpackable(
                    workspace / output,
                    reason: "it is no folder any more; steps may only change what is in it")
            }
        }
    }

    private func offPool<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws(BuildingError) -> Value {
        do { return try await workers.run(body) } catch { throw BuildingError(error) }
    }

    /// Runs a package's tests in `workspace`, an empty folder. Throws `step` where one fails.
    package func test(
        _ test: Recipe.Test, of recipe: Recipe, sources: Sources, in workspace: HostPath
    ) async throws(BuildingError) {
        _ = try await run(
            test.steps,
            Setting(
                environment: test.environment.process.environment, limits: .tests(of: recipe),
                capabilities: try StepLimits.capabilities(of: recipe), workspace: workspace, time: nil),
            sources)
    }

    /// What all steps of a run share.
    private struct Setting: Sendable {
        var environment: [String: String]
        var limits: StepLimits
        var capabilities: [String]
        var workspace: HostPath
        var time: Int64?
        /// When all steps together must have ended.
        let deadline: ContinuousClock.Instant

        init(
            environment: [String: String], limits: StepLimits, capabilities: [String], workspace: HostPath,
            time: Int64?
        ) {
            self.environment = environment
            self.limits = limits
            self.capabilities = capabilities
            self.workspace = workspace
            self.time = time
            deadline = .now + .seconds(limits.time)
        }

        /// Whole seconds that are left, at least one.
        var left: Int {
            let (seconds, fraction) = (deadline - .now).components
            return Int(clamping: max(1, seconds + (fraction > 0 ? 1 : 0)))
        }
    }

    private func run(
        _ steps: [Recipe.Step], _ setting: Setting, _ sources: Sources
    ) async throws(BuildingError) -> Int64 {
        do {
            let folder = try RootDirectory(setting.workspace)
            let scripts = try TemporaryDirectory(in: setting.workspace.parent)
            defer { withExtendedLifetime(scripts) {} }
            let shell = try await BorrowedShell.folder(for: root, in: scripts.path, workers)
            var newest: Int64 = 0
            for step in steps {
                try Task.checkCancellation()
                log(Array("==> \(step.label) (\(step.location))\n".utf8))
                switch step.action {
                case .fetch(let fetch):
                    newest = max(newest, try await unpack(fetch, of: step, sources, in: folder))
                case .checkout(let checkout):
                    guard let tar = sources.checkouts[checkout] else {
                        throw BuildingError.missingSource(checkout.address, at: step.location)
                    }
                    newest = max(
                        newest,
                        try await unpack(
                            tar, of: checkout.address, strip: 0,
                            into: place(checkout.destination, of: step), sources, folder))
                case .run(let script):
                    try await run(
                        script, of: step, setting, scripts.path, setting.time ?? newest, shell: shell)
                }
            }
            return newest
        } catch { throw BuildingError(error) }
    }

    // MARK: - Steps

    private func run(
        _ script: String, of step: Recipe.Step, _ setting: Setting, _ scripts: HostPath, _ time: Int64,
        shell: String?
    ) async throws {
        let directory = step.workingDirectory ?? "."
        let place = directory.hasPrefix("/") ? directory : "\(Recipe.workspace)/\(directory)"
        // A script's own end is no failure, whatever its last test said.
        let text = """
            set -e
            [ -d \(Self.quoted(place)) ] || mkdir -p \(Self.quoted(place))
            cd \(Self.quoted(place))
            \(script)
            exit 0

            """
        try AtomicFile.replace(scripts / "step", with: Array(text.utf8))
        let room = room(for: step, setting, scripts, time, at: place, shell: shell)
        let program = shell.map { "\($0)/sh" } ?? "/bin/sh"
        let last = Mutex<[UInt8]>([])
        do {
            let outcome: Sandbox.Outcome
            do throws(ExecutionError) {
                outcome = try await sandbox.outcome(
                    of: [program, "/run/step/step"], in: room, within: setting.left
                ) { [log] _, bytes in
                    log(bytes)
                    last.withLock { $0 = Array(($0 + bytes).suffix(Self.tail)) }
                }
            } catch {
                if case .timedOut = error {
                    throw BuildingError.stepTooSlow(
                        step.label, at: step.location, seconds: Int(clamping: setting.limits.time))
                }
                throw error
            }
            try judge(outcome, of: step, setting, last.withLock { String(decoding: $0, as: UTF8.self) })
        } catch let error as BuildingError {
            log(Array("==> \(error)\n".utf8))
            var seen = room
            seen.workingDirectory = place
            try await onFailure?(FailedStep(room: seen, shell: program, sandbox: sandbox))
            throw error
        }
    }

    private func judge(
        _ outcome: Sandbox.Outcome, of step: Recipe.Step, _ setting: Setting, _ said: String
    ) throws(BuildingError) {
        // Whoever goes on without a program that was killed builds something else.
        if outcome.events.killedForMemory > 0 {
            throw .stepOutOfMemory(step.label, at: step.location, limit: setting.limits.group.memory)
        }
        guard outcome.exit != 0 else { return }
        if outcome.events.refusedProcesses > 0, let limit = setting.limits.group.processes {
            throw .tooManyProcesses(step.label, at: step.location, limit: limit)
        }
        let cause = DiskSpace.isFull(setting.workspace) ? .disk : StepFailure(words: said)
        throw .step(step.label, at: step.location, exit: outcome.exit, why: cause?.sentence)
    }

    /// What a step finds.
    private func room(
        for step: Recipe.Step, _ setting: Setting, _ scripts: HostPath, _ time: Int64, at place: String,
        shell: String?
    ) -> Sandbox.Room {
        var room = Sandbox.Room(root: root)
        room.folders = [
            .init(host: setting.workspace, place: Recipe.workspace, isWritable: true),
            .init(host: scripts, place: "/run/step", isWritable: false),
        ]
        if let sysroot {
            room.folders.append(.init(host: sysroot, place: Recipe.sysrootPlace, isWritable: false))
        }
        room.environment = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
                + (shell.map { ":\($0)" } ?? ""), "HOME": Recipe.workspace,
            "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "\(time)",
        ]
        room.environment.merge(setting.environment) { $1 }
        room.environment.merge(step.environment) { $1 }
        room.workingDirectory = Recipe.workspace
        room.limits = setting.limits.group
        room.temporarySize = setting.limits.disk
        room.capabilities = setting.capabilities
        return room
    }

    private static func quoted(_ text: String) -> String {
        "'\(text.replacing("'", with: "'\\''"))'"
    }

    /// Puts a source where the recipe wants it; the newest time in it.
    private func unpack(
        _ fetch: Recipe.Fetch, of step: Recipe.Step, _ sources: Sources, in folder: RootDirectory
    ) async throws -> Int64 {
        guard let digest = sources.files[fetch] else {
            throw BuildingError.missingSource(fetch.address, at: step.location)
        }
        let place = try place(fetch.directory, of: step)
        guard !fetch.extracts else {
            return try await unpack(
                digest, of: fetch.address, strip: fetch.stripComponents, into: place, sources, folder)
        }
        let name = fetch.uri.prefix { $0 != "?" && $0 != "#" }.split(whereSeparator: { "/:".contains($0) })
            .last
        guard let path = name.flatMap({ place.appending($0) }) else {
            throw BuildingError.unsupported("'\(fetch.address)' names no file", at: step.location)
        }
        let store = sources.store
        try await workers.run {
            try makeFolders(place.text, in: folder)
            let file = try folder.makeFile(path)
            try store.reader(of: digest).forEachPiece { try file.write($0) }
            try file.flush()
        }
        return 0
    }

    /// A folder of the workspace.
    private func place(_ directory: String, of step: Recipe.Step) throws(BuildingError) -> ImagePath {
        let text = [step.workingDirectory, directory].compactMap(\.self).joined(separator: "/")
        guard !text.hasPrefix("/"), let place = ImagePath(text) else {
            throw .unsupported("'\(text)' leaves the workspace", at: step.location)
        }
        return place
    }

    private func unpack(
        _ digest: Digest, of what: String, strip: Int, into place: ImagePath, _ sources: Sources,
        _ folder: RootDirectory
    ) async throws -> Int64 {
        let store = sources.store
        return try await workers.run {
            try makeFolders(place.text, in: folder)
            let target = try RootDirectory(place.isRoot ? folder.path : folder.path / place.text)
            let blob = try store.reader(of: digest)
            var extractor = FolderExtractor(into: target, from: HostPath(what))
            (extractor.stripComponents, extractor.keepsOwners, extractor.replaces) = (strip, false, true)
            do {
                _ = try extractor.extract(try ArchiveOpener.open(blob))
            } catch let error as ArchiveError {
                throw BuildingError.notAPackage(HostPath(what), reason: "\(error)")
            }
            try blob.drain()
            return extractor.newest
        }
    }

    private func makeFolders(_ path: String, in folder: RootDirectory) throws {
        guard let path = ImagePath(path) else { return }
        var whole = ImagePath.root
        for name in path.components {
            guard let next = whole.appending(name) else { return }
            whole = next
            try folder.makeDirectory(whole)
        }
    }
}
