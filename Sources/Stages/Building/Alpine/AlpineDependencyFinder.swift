// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// What an Alpine package's files offer and need, as melange finds it: shared libraries by their soname (`so:`), programs
/// (`cmd:`), pkg-config's modules (`pc:`), and the interpreters of scripts.
struct AlpineDependencyFinder {
    private static let libraryFolders: Set<String> = ["lib", "usr/lib", "lib64", "usr/lib64"]
    private static let programFolders: Set<String> = ["bin", "sbin", "usr/bin", "usr/sbin"]
    private static let pkgconfigFolders: Set<String> = [
        "usr/lib/pkgconfig", "usr/share/pkgconfig", "lib/pkgconfig",
    ]
    /// Whoever runs scripts at all has these.
    private static let commonInterpreters: Set<String> = ["sh", "env"]
    /// A program larger than this is not looked into.
    private static let limits = (program: Int64(512 << 20), text: 1 << 20)

    private let folder: RootDirectory
    private let fullVersion: String
    private let options: Recipe.Options
    private var provides: Set<String> = []
    private var depends: Set<String> = []

    /// Reads the whole folder, which becomes the package's root.
    /// - Returns: both sorted, without what the package itself offers.
    static func find(
        in folder: RootDirectory, fullVersion: String, options: Recipe.Options
    ) throws -> (provides: [String], depends: [String]) {
        var finder = AlpineDependencyFinder(folder: folder, fullVersion: fullVersion, options: options)
        try folder.walk { path, status in if status.kind == .file { try finder.read(path, status) } }
        return finder.result
    }

    private init(folder: RootDirectory, fullVersion: String, options: Recipe.Options) {
        self.folder = folder
        self.fullVersion = fullVersion
        self.options = options
    }

    private var result: (provides: [String], depends: [String]) {
        let own = Set(provides.map { $0.prefix { $0 != "=" } })
        return (
            options.withoutProvides ? [] : provides.sorted(),
            options.withoutDepends ? [] : depends.filter { !own.contains($0[...]) }.sorted()
        )
    }

    private mutating func read(_ path: ImagePath, _ status: RootDirectory.Status) throws {
        let parent = path.parent?.text ?? ""
        if Self.pkgconfigFolders.contains(parent), path.name.hasSuffix(".pc"), status.size <= Self.limits.text
        {
            try readModule(path)
        }
        let isExecutable = status.mode & 0o111 == 0o111
        if isExecutable, Self.programFolders.contains(parent), !options.withoutCommands {
            provides.insert("cmd:\(path.name)=\(fullVersion)")
        }
        guard status.size >= 4, status.size <= Self.limits.program else { return }
        try MappedFile(folder.path / path.text).withUnsafeBytes { bytes in
            if let facts = ELFReader.facts(of: bytes) {
                add(facts, in: parent)
            } else if isExecutable,
                case .script(let interpreter, let argument)? = ShebangReader.program(
                    in: Array(bytes.prefix(ShebangReader.headLength))[...])
            {
                add(interpreter, argument)
            }
        }
    }

    private mutating func add(_ facts: ELFFacts, in parent: String) {
        if let soname = facts.soname, Self.libraryFolders.contains(parent) {
            provides.insert("so:\(soname)=\(Self.version(of: soname))")
        }
        for needed in facts.needed where needed.contains(".so.") || Self.isMuslItself(needed) {
            depends.insert("so:\(Self.isMuslItself(needed) ? Self.musl(facts) : needed)")
        }
        guard let name = facts.interpreter?.split(separator: "/").last.map(String.init) else { return }
        depends.insert("so:\(name.hasPrefix("ld-musl-") ? Self.musl(facts) : name)")
    }

    /// musl is linked as libc.so where its own compiler wrapper does it.
    private static func isMuslItself(_ name: String) -> Bool { name == "libc.so" }

    /// One name for musl's library and loader, as Alpine has it.
    private static func musl(_ facts: ELFFacts) -> String {
        "libc.musl-\(ELFMachine.of(facts)?.architecture.alpineName ?? "\(facts.machine)").so.1"
    }

    /// `1.3.1` of `libz.so.1.3.1`; 0 where the soname has none.
    private static func version(of soname: String) -> String {
        guard let range = soname.firstRange(of: ".so.") else { return "0" }
        let version = soname[range.upperBound...]
        return AlpineVersion(String(version))?.isValid == true ? String(version) : "0"
    }

    private mutating func add(_ interpreter: String, _ argument: String?) {
        guard
            let program = ShebangReader.program(of: interpreter, argument)?.split(separator: "/").last.map(
                String.init),
            !Self.commonInterpreters.contains(program)
        else { return }
        depends.insert("cmd:\(program)")
    }

    /// pc(5): its version and what it requires.
    private mutating func readModule(_ path: ImagePath) throws {
        let file = PkgConfigFile(try folder.reader(of: path).readAll(limit: Self.limits.text))
        if let version = file.version, AlpineVersion(version)?.isValid == true {
            provides.insert("pc:\(path.name.dropLast(3))=\(version)")
        }
        for module in file.requires { depends.insert("pc:\(module)") }
    }
}
