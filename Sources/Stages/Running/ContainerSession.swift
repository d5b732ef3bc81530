// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Execution
internal import Storage
internal import Vocabulary

/// An unpacked image and what is needed to start containers in it, one after the other. The directory goes with this
/// object.
final class ContainerSession: Sendable {
    let image: RunnableImage
    let runtime: ContainerRuntime
    /// Nil where the image's programs run here as they are.
    let emulator: ContainerPlan.BorrowedProgram?
    let emulatorVersion: String?
    private let directory: HostPath
    private let root: RootDirectory
    private let tree: LayerTree
    private let accounts: ImageAccounts
    private let lock: FileLock

    /// Waits for whoever runs this image now, clears what killed ones left, and unpacks it. Throws
    /// `RunningError`, `ExecutionError`, `StorageError` or `CancellationError`.
    init(_ image: RunnableImage, runtime: ContainerRuntime, directory: HostPath, workers: WorkerThreads)
        async throws
    {
        self.image = image
        self.runtime = runtime
        prefix = Self.prefix(of: image.manifest.digest, in: directory)
        let prefix = prefix
        let place = directory / prefix
        try HostDirectory.create(directory, mode: 0o700)
        lock = try await Self.lock(prefix, in: directory)
        try await runtime.reap(prefix: "\(prefix)-")
        // Of other images too: nobody may ever run them again. What cannot be removed does not hold this one up; the
        // next run tries again.
        _ = try? await AbandonedRuns(directory: directory, runtime: runtime).clear(except: prefix)
        try Task.checkCancellation()
        (root, tree) = try await workers.run {
            try HostDirectory.remove(place)
            try HostDirectory.create(place, mode: 0o700)
            let root = try RootDirectory.create(place / "rootfs")
            return (root, try Unpacker.unpack(image, into: root))
        }
        self.directory = place
        accounts = ImageAccounts(
            passwd: try Self.read("etc/passwd", in: root, tree),
            group: try Self.read("etc/group", in: root, tree))
        if let name = try Emulation.emulator(for: image.platform) {
            let found: Result<ContainerPlan.BorrowedProgram, any Error> = Result {
                try BorrowedPrograms.emulator(name)
            }
            emulator = try? found.get()
            missingEmulator = found.failure
            emulatorVersion = try? await Program.find(name, debianPackage: Emulation.debianPackage).version()
        } else {
            emulator = nil
            missingEmulator = nil
            emulatorVersion = nil
        }
    }

    /// Why there is no emulator where one is needed.
    private let missingEmulator: (any Error)?

    deinit { try? HostDirectory.remove(directory) }

    /// Tries again and again: waiting in the kernel would hold a thread that whoever has the lock may need.
    private static func lock(_ prefix: String, in directory: HostPath) async throws -> FileLock {
        while true {
            if let lock = try AbandonedRuns.lock(prefix, in: directory) { return lock }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// `slipway-`, six digits of the directory and twelve of the image: its containers are found by it, and those of
    /// somebody else's directory are others. Runtimes name control groups for the id, and one machine has one of each.
    static func prefix(of digest: Digest, in directory: HostPath) -> String {
        "slipway-\(ContentHasher.digest(of: directory.text).short.prefix(6))\(digest.short)"
    }

    private let prefix: String

    func id(_ number: Int) -> String { "\(prefix)-\(number)" }

    // MARK: Deciding

    /// What a container is told: `arguments` replace the image's own where given.
    func plan(
        arguments: [String]?, tmpfs: [String], with programs: [String], usesHostNetwork: Bool
    ) throws -> ContainerPlan {
        let process = image.configuration.config
        let user = try accounts.resolve(process?.user)
        var borrowed = try programs.map(BorrowedPrograms.find)
        if let emulator { borrowed.append(emulator) }
        var plan = ContainerPlan(
            rootFileSystem: directory / "rootfs", arguments: [],
            environment: ContainerPlan.environment(of: image.configuration, user: user),
            workingDirectory: process?.workingDirectory.flatMap { $0.isEmpty ? nil : $0 } ?? "/", user: user,
            temporaryFileSystems: try tmpfs.map { try temporaryFileSystem($0, user: user) },
            programs: borrowed,
            usesHostNetwork: usesHostNetwork)
        plan.arguments = try command(
            arguments ?? (process?.entrypoint ?? []) + (process?.cmd ?? []), in: plan)
        return plan
    }

    /// What is really started: the program by its path, behind the emulator where it is foreign. Borrowed programs
    /// are the host's own and run as they are.
    func command(_ arguments: [String], in plan: ContainerPlan) throws -> [String] {
        guard let program = arguments.first else { throw RunningError.nothingToRun }
        let borrowed = plan.programs.first {
            $0.name == program || "\(ContainerPlan.borrowedDirectory)/\($0.name)" == program
        }
        if let borrowed {
            return ["\(ContainerPlan.borrowedDirectory)/\(borrowed.name)"] + arguments.dropFirst()
        }
        guard try Emulation.emulator(for: image.platform) != nil else { return arguments }
        if let missingEmulator { throw missingEmulator }
        guard let emulator else { throw RunningError.noEmulator(architecture: image.platform.architecture) }
        let path = try search(program, in: plan.path)
        return ["\(ContainerPlan.borrowedDirectory)/\(emulator.name)", path] + arguments.dropFirst()
    }

    /// Looks a bare name up as execvp(3) would: the emulator wants a path.
    private func search(_ program: String, in path: String) throws(RunningError) -> String {
        if program.contains("/") { return program }
        for directory in path.split(separator: ":") {
            guard let place = ImagePath("\(directory)/\(program)"), let content = tree.content(at: place)
            else { continue }
            if tree.contents[content].kind == .file, tree.contents[content].mode & 0o111 != 0 {
                return place.absolute
            }
        }
        throw .programNotFound(program, path: path)
    }

    /// A temporary file system takes owner and mode of the image's directory below it, as runtimes have it; where
    /// there is none, it is the user's own.
    private func temporaryFileSystem(
        _ text: String, user: ImageAccounts.User
    ) throws(RunningError) -> ContainerPlan.TemporaryFileSystem {
        guard let path = ImagePath(text), !path.isRoot else { throw .badMount(text) }
        guard let content = tree.content(at: path) else {
            return .init(path: path, mode: 0o755, uid: user.uid, gid: user.gid)
        }
        let standing = tree.contents[content]
        guard standing.kind == .directory else { throw .badMount(text) }
        return .init(path: path, mode: standing.mode, uid: standing.uid, gid: standing.gid)
    }

    // MARK: Doing

    /// Writes the bundle of one container and returns its directory.
    func bundle(_ plan: ContainerPlan, id: String) throws -> HostPath {
        let bundle = directory / id
        try HostDirectory.create(bundle, mode: 0o700)
        let file = try FileWriter(bundle / "config.json", mode: 0o600)
        try file.write(try BundleConfiguration.json(for: plan))
        try file.flush()
        return bundle
    }

    /// A small file of the image, links resolved inside it; nothing where it is not there.
    private static func read(_ text: String, in root: RootDirectory, _ tree: LayerTree) throws -> [UInt8] {
        guard let path = ImagePath(text), let place = tree.place(of: path) else { return [] }
        guard try root.status(of: place)?.kind == .file else { return [] }
        return try root.reader(of: place).readAll(limit: 4 << 20)
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
