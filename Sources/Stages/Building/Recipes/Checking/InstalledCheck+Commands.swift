// SPDX-License-Identifier: Apache-2.0

internal import Execution
internal import Storage
internal import Synchronization
internal import Vocabulary

/// Programs of the package, run in the image in a sandbox.
extension InstalledCheck {
    private static let commandFolders: Set<String> = ["bin", "sbin", "usr/bin", "usr/sbin"]

    /// Each command of its own file: those that are links are somebody's further names. One whose loader or interpreter is not
    /// there cannot start, and that was said.
    func checkCommands(
        _ tree: LintTree, before deadline: ContinuousClock.Instant, _ pass: inout LintPass
    ) async throws {
        let known = pass.paths(of: .interpcheck)
        let commands = tree.entries.filter {
            $0.isFile && $0.status.mode & 0o111 != 0 && Self.commandFolders.contains($0.parent)
                && !known.contains($0.path)
        }
        for (number, command) in commands.prefix(Self.limits.commands).enumerated() {
            guard .now < deadline else {
                return pass.find(
                    .cmdcheck, nil,
                    "has \(commands.count - number) commands that were not tried, as the time for it was over",
                    refuses: false)
            }
            let answer = try await answer(of: command.path, before: deadline)
            switch answer {
            case .version(let line), .help(let line): say("\(command.path): \(line)")
            case .cannotStart(let reason), .notFound(let reason):
                pass.find(.cmdcheck, command.path, "cannot start (\(reason))")
            case .crashed(let signal):
                pass.find(
                    .cmdcheck, command.path, "is killed by signal \(signal) when it is asked for its version")
            case .silent:
                pass.find(
                    .cmdcheck, command.path,
                    "tells neither a version nor a help text (\(CommandAnswer.questions.joined(separator: ", ")))",
                    refuses: false)
            case .slow:
                pass.find(
                    .cmdcheck, command.path, "goes on running whatever it is asked for", refuses: false)
            }
        }
        if commands.count > Self.limits.commands {
            pass.find(
                .cmdcheck, nil, "has \(commands.count) commands, of which \(Self.limits.commands) were tried",
                refuses: false)
        }
    }

    private func answer(
        of command: ImagePath, before deadline: ContinuousClock.Instant
    ) async throws -> CommandAnswer {
        var (slow, help) = (0, CommandAnswer.silent)
        for question in CommandAnswer.questions {
            guard
                let (exit, output) = try await run(
                    [command.absolute, question], within: patience.question, before: deadline)
            else {
                slow += 1
                if slow == 2 { break }
                continue
            }
            let answer = CommandAnswer(exit: exit, output: output)
            switch answer {
            case .version, .cannotStart: return answer
            // What crashes where others tell how they are called is broken; one word that it does not know may be too much.
            case .crashed where help == .silent: return answer
            case .help: help = answer
            // busybox takes a question for one of its names; a script that lacks a program says so every time.
            case .notFound where help == .silent: help = answer
            default: continue
            }
        }
        return help == .silent && slow > 0 ? .slow : help
    }

    // MARK: - Python

    /// Modules at top level are imported by the image's own interpreter, one process each.
    func checkImports(
        _ tree: LintTree, _ installed: InstalledTree, before deadline: ContinuousClock.Instant,
        _ pass: inout LintPass
    ) async throws {
        let modules = PythonModule.all(in: tree)
        for (number, module) in modules.prefix(Self.limits.modules).enumerated() {
            guard .now < deadline else {
                return pass.find(
                    .importcheck, nil,
                    "has \(modules.count - number) modules that were not tried, as the time for it was over",
                    refuses: false)
            }
            guard let python = module.interpreters.first(where: { installed.isFile($0) }) else {
                pass.find(
                    .importcheck, module.path, "was not imported: the image has no \(module.interpreters[0])",
                    refuses: false)
                continue
            }
            let script =
                "import importlib, sys; sys.path.insert(0, sys.argv[2]); importlib.import_module(sys.argv[1])"
            let outcome = try await run(
                ["/\(python)", "-B", "-I", "-c", script, module.name, module.folder.absolute],
                within: patience.module, before: deadline)
            switch outcome {
            case (0, _)?: say("\(module.path): imported")
            case (_, let output)?:
                let reason = output.split(whereSeparator: \.isNewline).last.map(String.init) ?? "no word why"
                pass.find(
                    .importcheck, module.path, "cannot be imported as \(module.name) (\(reason.prefix(300)))")
            case nil where .now < deadline:
                pass.find(.importcheck, module.path, "was not imported within \(patience.module) s")
            case nil:
                pass.find(
                    .importcheck, module.path, "was not imported before the time for it was over",
                    refuses: false)
            }
        }
        if modules.count > Self.limits.modules {
            pass.find(
                .importcheck, nil, "has \(modules.count) modules, of which \(Self.limits.modules) were tried",
                refuses: false)
        }
    }

    // MARK: - Running

    /// Exit status and both streams, at most the limit of them; nil where it took too long.
    private func run(
        _ arguments: [String], within seconds: Int, before deadline: ContinuousClock.Instant
    ) async throws -> (Int32, String)? {
        let left = Int(clamping: (deadline - .now).components.seconds)
        var room = Sandbox.Room(root: image)
        room.folders = [.init(host: workspace, place: Recipe.workspace, isWritable: true)]
        room.environment = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": Recipe.workspace,
            "LC_ALL": "C.UTF-8", "TERM": "dumb",
        ]
        room.workingDirectory = Recipe.workspace
        (room.limits, room.temporarySize) = (limits.group, limits.disk)
        let output = Mutex<[UInt8]>([])
        do throws(ExecutionError) {
            let exit = try await sandbox.run(arguments, in: room, within: max(1, min(seconds, left))) {
                _, bytes in
                output.withLock { $0 += bytes.prefix(Self.limits.output - $0.count) }
            }
            return (exit, output.withLock { String(decoding: $0, as: UTF8.self) })
        } catch {
            guard case .timedOut = error else { throw error }
            return nil
        }
    }

    private func say(_ line: String) { log(Array("\(line)\n".utf8)) }
}
