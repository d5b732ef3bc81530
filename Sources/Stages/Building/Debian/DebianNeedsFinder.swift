// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// What a package's files need, as relations between Debian packages: the libraries of each program by the rules that the
/// libraries' packages set (dpkg-shlibdeps(1)), the loaders, and the interpreters of scripts. Each is looked for in the
/// package itself, then in the recipe's other packages, then in the build root, whose files have owners.
struct DebianNeedsFinder {
    /// The recipe's packages by the trees that they are, the one in question first.
    struct Siblings {
        var trees: [RootDirectory]
        /// What each is called, with the version that all of them share.
        var names: [PackageName]
        var version: DebianVersion
    }

    /// Whoever runs scripts at all has it.
    private static let shell = "sh"
    private static let programFolders = [
        "usr/local/bin", "usr/bin", "bin", "usr/sbin", "sbin", "usr/local/sbin",
    ]
    /// A program larger than this is not looked into.
    private static let sizeLimit: Int64 = 512 << 20

    private let siblings: Siblings
    let root: DebianBuildRoot
    let triplet: String?
    let search: LibrarySearch
    private var rules: [PackageName: LibraryRules] = [:]
    private(set) var found = DebianRelationList()
    private(set) var unmet: [String] = []
    /// Perl modules that files load and nobody has, with the first such file.
    var missingModules: [String: ImagePath] = [:]
    /// Where Perl looks for modules: its own, and packages'; nil until it is asked.
    var perlFolders: (core: [String], others: [String])?

    init(_ siblings: Siblings, root: DebianBuildRoot, triplet: String?) throws {
        self.siblings = siblings
        self.root = root
        self.triplet = triplet
        search = try LibrarySearch(
            MergedTree(trees: siblings.trees + [try RootDirectory(root.root)]), triplet: triplet)
    }

    /// Reads every file of the package.
    mutating func readAll() throws {
        let folder = siblings.trees[0]
        try folder.walk { path, status in
            guard status.kind == .file, (4...Self.sizeLimit).contains(status.size) else { return }
            try MappedFile(folder.path / path.text).withUnsafeBytes { try read($0, at: path, status) }
        }
    }

    private mutating func read(
        _ bytes: UnsafeRawBufferPointer, at path: ImagePath, _ status: RootDirectory.Status
    ) throws {
        if let facts = ELFReader.facts(of: bytes) {
            try read(facts, bytes, at: path)
        } else if status.mode & 0o111 != 0,
            case .script(let interpreter, let argument)? = ShebangReader.program(
                in: Array(bytes.prefix(ShebangReader.headLength))[...])
        {
            try readScript(interpreter, argument, bytes, at: path)
        }
    }

    // MARK: - Libraries

    private mutating func read(_ facts: ELFFacts, _ bytes: UnsafeRawBufferPointer, at path: ImagePath) throws
    {
        var owners: [(soname: String, rules: LibraryRules)] = []
        for soname in facts.needed {
            let file =
                try search.library(soname, of: facts, at: path)
                // musl's library and loader are one file.
                ?? (soname == "libc.so" ? facts.interpreter.flatMap { try search.tree.file($0) } : nil)
            guard let file else {
                unmet.append(
                    "'\(path)' needs the library \(soname), which neither the build root nor the recipe has")
                continue
            }
            guard let package = addOwner(of: file, "'\(path)' needs the library \(soname)") else { continue }
            let rules = try self.rules(of: package)
            add(soname, of: package, rules)
            owners.append((soname, rules))
        }
        if owners.contains(where: { $0.rules.libraries[$0.soname] != nil }) {
            for symbol in ELFReader.wantedSymbols(of: bytes) { add(symbol, of: owners) }
        }
        guard let interpreter = facts.interpreter else { return }
        guard let file = try search.tree.file(interpreter) else {
            return unmet.append("'\(path)' needs the loader \(interpreter), which the build root has not")
        }
        if let package = addOwner(of: file, "'\(path)' needs the loader \(interpreter)"),
            !found.names.contains(package.name.text)
        {
            found.add(package.name.text, atLeast: package.version)
        }
    }

    /// What a library's package asks for whichever of its symbols is used; where it says nothing, the version that is there.
    private mutating func add(_ soname: String, of package: LockedPackage, _ rules: LibraryRules) {
        if let library = rules.libraries[soname], let template = library.templates.first {
            found.add(template, atLeast: library.smallest)
        } else if let relations = rules.relations(of: soname) {
            found.add(relations)
        } else {
            found.add(package.name.text, atLeast: package.version)
        }
    }

    /// What the first library that has a symbol asks for it.
    private mutating func add(_ symbol: String, of owners: [(soname: String, rules: LibraryRules)]) {
        for (soname, rules) in owners {
            guard let library = rules.libraries[soname], let entry = library.symbols[symbol],
                library.templates.indices.contains(entry.template)
            else { continue }
            return found.add(library.templates[entry.template], atLeast: entry.version)
        }
    }

    private mutating func rules(of package: LockedPackage) throws -> LibraryRules {
        if let known = rules[package.name] { return known }
        let read = try root.rules(of: package)
        rules[package.name] = read
        return read
    }

    /// The build root's package that ships a file. Nil where the package itself has it, or another of the recipe, which is
    /// then asked for in this very version; nil, and said, where it is nobody's.
    private mutating func addOwner(of file: MergedTree.Found, _ need: String) -> LockedPackage? {
        guard file.tree == siblings.trees.count else {
            if file.tree > 0 { found.add("\(siblings.names[file.tree]) (= \(siblings.version))") }
            return nil
        }
        if let package = root.owner(of: file.path) { return package }
        unmet.append("\(need), and '\(file.path)' of the build root is of no Debian package")
        return nil
    }

    // MARK: - Programs

    private mutating func readScript(
        _ interpreter: String, _ argument: String?, _ bytes: UnsafeRawBufferPointer, at path: ImagePath
    ) throws {
        guard let program = ShebangReader.program(of: interpreter, argument),
            let name = program.split(separator: "/").last, name != Self.shell
        else { return }
        try addProgram(program, "'\(path)' is run by \(program)")
        guard name == "perl" else { return }
        for module in PerlSource.modules(in: String(decoding: bytes.prefix(1 << 20), as: UTF8.self)).sorted()
        {
            try addPerl(module, of: path)
        }
    }

    /// A program by its path, or by its name as PATH finds it. Where the build root has a package that is called like it, that
    /// is meant: perl and python3 are more than their programs.
    mutating func addProgram(_ program: String, _ need: String) throws {
        let places = program.contains("/") ? [program] : Self.programFolders.map { "\($0)/\(program)" }
        for place in places {
            guard let file = try search.tree.file(place) else { continue }
            if let owner = addOwner(of: file, need) {
                let package = root.package(named: program.split(separator: "/").last ?? "") ?? owner
                found.add(package.name.text, atLeast: package.version)
            }
            return
        }
        unmet.append("\(need), which neither the build root nor the recipe has")
    }

    /// A library that the recipe asks for by its soname.
    mutating func addLibrary(_ soname: String, _ need: String) throws {
        guard let file = try search.library(soname) else {
            return unmet.append("\(need), which neither the build root nor the recipe has")
        }
        guard let package = addOwner(of: file, need) else { return }
        add(soname, of: package, try rules(of: package))
    }

    /// A file at the first of some paths.
    mutating func addFile(_ places: [String], _ need: String) throws {
        for place in places {
            guard let file = try search.tree.file(place) else { continue }
            if let package = addOwner(of: file, need) {
                found.add(package.name.text, atLeast: package.version)
            }
            return
        }
        unmet.append("\(need), which neither the build root nor the recipe has")
    }

    mutating func add(relation: String) { found.add(relation) }
}
