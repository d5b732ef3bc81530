// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Vocabulary

/// Whether a finished tree can work: each library, interpreter and `#!` that a program needs is there; no shell and no
/// package manager got in unasked. Looks at files only: what is opened by name at run time (dlopen) cannot be seen.
struct TreeChecks {
    let tree: ImageTree
    let family: FamilyRules
    let machine: UInt16?
    let process: ImageConfiguration.Process
    private let searchPath: [String]
    private let libraryPath: [ImagePath]
    private var found: [String: Bool] = [:]
    private var needs: [Need: [ImagePath]] = [:]
    private(set) var diagnostics: [Diagnostic] = []

    private struct Need: Hashable {
        var code: Diagnostic.Code
        var package: String
        var what: String
    }

    init(
        tree: ImageTree, family: FamilyRules, architecture: Architecture, process: ImageConfiguration.Process
    ) {
        self.tree = tree
        self.family = family
        self.process = process
        machine = ELFMachine.of(architecture)?.number
        let variables = Dictionary(
            (process.environment ?? []).map { entry in
                let name = entry.prefix { $0 != "=" }
                return (String(name), String(entry.dropFirst(name.count + 1)))
            }, uniquingKeysWith: { _, last in last })
        searchPath = (variables["PATH"] ?? "").split(separator: ":").map(String.init)
        libraryPath = (variables["LD_LIBRARY_PATH"] ?? "").split(separator: ":").compactMap { ImagePath($0) }
    }

    /// `requested`: the packages that the definition names; shells among them are meant.
    mutating func run(requested: Set<PackageName>) {
        for node in tree.nodes.values {
            checkMode(node)
            switch node.program {
            case .elf(let facts)
            where node.file.kind == .file && machine.map({ $0 == facts.machine }) ?? true:
                checkLibraries(node.file, facts)
            case .script(let interpreter, let argument) where node.file.mode & 0o111 != 0:
                checkScript(node.file, interpreter, argument)
            default: break
            }
        }
        reportNeeds()
        checkEntrypoint()
        report(family.shells, .shellPresent, "a shell", requested)
        report(family.packageManagers, .packageManagerPresent, "a package manager", requested)
    }

    // MARK: - Programs

    private mutating func checkLibraries(_ file: ComposedFile, _ facts: ELFFacts) {
        if let interpreter = facts.interpreter, tree.resolve(interpreter)?.file.kind.isRegular != true {
            needs[Need(code: .interpreterMissing, package: file.owner.words, what: interpreter), default: []]
                .append(file.path)
        }
        let directories = facts.runPath.compactMap { expand($0, origin: file.path) } + libraryPath
        for name in facts.needed where !isFound(name, in: directories) {
            needs[Need(code: .libraryMissing, package: file.owner.words, what: name), default: []].append(
                file.path)
        }
    }

    /// $ORIGIN as ld.so(8) has it; other variables are not expanded and the entry leads nowhere.
    private func expand(_ entry: String, origin: ImagePath) -> ImagePath? {
        let directory = origin.parent?.absolute ?? "/"
        for variable in ["$ORIGIN", "${ORIGIN}"] where entry.hasPrefix(variable) {
            return normalised(directory + entry.dropFirst(variable.count))
        }
        return entry.contains("$") ? nil : normalised(entry)
    }

    /// `a/../b` is `b`; links on the way are followed later.
    private func normalised(_ text: String) -> ImagePath? {
        var components: [Substring] = []
        for component in text.split(separator: "/") where component != "." {
            if component == ".." { components = components.dropLast() } else { components.append(component) }
        }
        return ImagePath(components.joined(separator: "/"))
    }

    private mutating func isFound(_ name: String, in directories: [ImagePath]) -> Bool {
        if name.contains("/") { return tree.resolve(name) != nil }
        if directories.contains(where: { tree.resolve("\($0.absolute)/\(name)") != nil }) { return true }
        if let known = found[name] { return known }
        let known = family.libraryDirectories.contains { tree.resolve("\($0.absolute)/\(name)") != nil }
        found[name] = known
        return known
    }

    private mutating func checkScript(_ file: ComposedFile, _ interpreter: String, _ argument: String?) {
        func need(_ what: String) {
            needs[Need(code: .interpreterMissing, package: file.owner.words, what: what), default: []].append(
                file.path)
        }
        guard tree.resolve(interpreter)?.file.kind.isRegular == true else { return need(interpreter) }
        guard let program = ShebangReader.program(of: interpreter, argument), program != interpreter else {
            return
        }
        if !searchPath.contains(where: { tree.resolve("\($0)/\(program)") != nil }) { need(program) }
    }

    private mutating func reportNeeds() {
        let names = Set(tree.nodes.keys.map { String($0.name) })
        let ordered = needs.sorted { ($0.key.package, $0.key.what) < ($1.key.package, $1.key.what) }
        for (need, files) in ordered {
            let first = files.min() ?? .root
            let more = files.count > 1 ? " and \(files.count - 1) more" : ""
            let who = "\(first)\(more) of \(need.package)"
            if need.code == .libraryMissing, names.contains(need.what) {
                diagnostics.append(
                    Diagnostic(
                        .note, .libraryOffPath,
                        "\(who) needs \(need.what), which is in the image but not where the loader looks by itself; set "
                            + "LD_LIBRARY_PATH, unless the program that loads it has it loaded before"))
            } else {
                let verb = need.code == .libraryMissing ? "needs" : "starts with"
                diagnostics.append(
                    Diagnostic(
                        .warning, need.code, "\(who) \(verb) \(need.what), which the image does not have"))
            }
        }
    }

    // MARK: - The image

    /// The program that a container of the image starts, where it is a file of the image.
    static func program(of process: ImageConfiguration.Process, in tree: ImageTree) -> TreeNode? {
        guard let name = process.entrypoint?.first ?? process.cmd?.first else { return nil }
        if name.contains("/") {
            return tree.resolve(name, from: ImagePath(process.workingDirectory ?? "") ?? .root)
        }
        let path = process.environment?.first { $0.hasPrefix("PATH=") }?.dropFirst(5) ?? ""
        return path.split(separator: ":").lazy.compactMap { tree.resolve("\($0)/\(name)") }.first
    }

    private mutating func checkEntrypoint() {
        guard let name = process.entrypoint?.first ?? process.cmd?.first,
            Self.program(of: process, in: tree)?.file.kind.isRegular != true
        else { return }
        diagnostics.append(
            Diagnostic(
                .warning, .entrypointMissing, "the image starts '\(name)', which it does not have"))
    }

    private mutating func checkMode(_ node: TreeNode) {
        guard node.file.kind == .file, node.file.mode & 0o6000 != 0 else { return }
        diagnostics.append(
            Diagnostic(
                .warning, .setuidFile,
                "\(node.file.path) of \(node.file.owner.words) has mode \(octal(node.file.mode)): it runs with its "
                    + "owner's or group's rights"))
    }

    private mutating func report(
        _ paths: [ImagePath], _ code: Diagnostic.Code, _ what: String, _ requested: Set<PackageName>
    ) {
        for path in paths {
            guard let node = tree[path] else { continue }
            if case .package(let name) = node.file.owner, requested.contains(name) { continue }
            if case .definition = node.file.owner { continue }
            diagnostics.append(
                Diagnostic(
                    .warning, code,
                    "\(path) of \(node.file.owner.words) is \(what), which nothing asked for by name"))
        }
    }
}

extension ComposedFile.Kind {
    /// A file under its first or a further name.
    var isRegular: Bool { self == .file || self == .hardlink }
}
