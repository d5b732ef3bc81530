// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Vocabulary

extension Planner {
    /// apk's database below /usr/lib/apk/db: `installed`, the scripts and triggers that nobody ran, and the lock file.
    mutating func addInstalledDatabase() throws(ComposingError) {
        let directory = AlpineRules.database.to.text + "/db"
        let installed = AlpineRules.path("\(directory)/installed")
        var text = baseInstalled
        var scripts = TarWriter(MemorySink())
        try copyBaseScripts(to: &scripts)
        var triggers = String(decoding: baseDatabase("triggers") ?? [], as: UTF8.self)
        for (index, input) in inputs.enumerated() {
            guard let info = input.alpineInfo else { continue }
            let record = Array(InstalledRecord(info, input: input, place: index, tree: tree).text.utf8)
            text += record
            databaseParts.append(DatabasePart(package: index, path: installed, bytes: record))
            try Self.append(input, to: &scripts)
            if !info.triggers.isEmpty, let checksum = input.table.checksum {
                triggers += "\(checksum) \(info.triggers.joined(separator: " "))\n"
            }
        }
        do { try scripts.finishArchive() } catch { throw .unwritable("\(error)") }
        try put(text, at: installed, rule: "installed")
        try put(scripts.sink.bytes, at: AlpineRules.path("\(directory)/scripts.tar"), rule: "installed")
        try put(Array(triggers.utf8), at: AlpineRules.path("\(directory)/triggers"), rule: "installed")
        try put([], at: AlpineRules.path("\(directory)/lock"), mode: 0o600, rule: "installed")
        let (link, target) = (AlpineRules.database.from, AlpineRules.database.target)
        guard !aliases.contains(where: { link.isInside($0.from) }) else { return }
        if let there = tree[link], there.file.kind != .symlink {
            throw .misusedAlias(link, there.file.owner.words, expected: target)
        }
        try self.link(link, to: target, rule: "installed")
    }

    /// As apk names them in scripts.tar: the package, its version and its checksum before the script's own name.
    private static func append(
        _ input: PlanInput, to scripts: inout TarWriter<MemorySink>
    ) throws(ComposingError) {
        for script in input.table.control where AlpinePackageFile.scripts.contains(script.name) {
            let name =
                "\(input.package.name)-\(input.package.version).\(input.table.checksum ?? "")\(script.name)"
            do {
                try scripts.append(
                    TarEntry(path: name, kind: .file, mode: script.mode, size: Int64(script.content.count)),
                    content: script.content)
            } catch { throw .unwritable("the scripts of \(input.package.name): \(error)") }
        }
    }
}

/// One package in `installed` (apk-tools' order of fields; readers do not mind it). Fields without a value are left out.
/// Directories and files stand under the package's own paths, as apk compares them with those of the next version;
/// owners and modes are those of the finished tree.
struct InstalledRecord {
    let text: String

    init(_ info: PackageInfo, input: PlanInput, place: Int, tree: ImageTree) {
        var lines: [String] = []
        func add(_ field: Character, _ value: String?) {
            if let value, !value.isEmpty { lines.append("\(field):\(Self.line(value))") }
        }
        func list(_ values: [String]) -> String { values.joined(separator: " ") }
        func number(_ value: some BinaryInteger) -> String? { value > 0 ? String(value) : nil }
        add("C", input.table.checksum)
        add("P", info.name.text)
        add("V", info.version)
        add("A", info.architecture)
        add("S", String(input.package.size))
        add("I", String(info.installedSize))
        add("T", info.summary)
        add("U", info.homepage)
        add("L", info.license)
        add("o", info.origin)
        add("m", info.maintainer)
        add("t", number(info.built))
        add("c", info.commit)
        add("k", number(info.providerPriority))
        add("D", list(info.depends))
        add("p", list(info.provides))
        add("i", list(info.installIf))
        add("r", list(info.replaces))
        add("q", number(info.replacesPriority))
        lines += Self.files(input, place, tree)
        text = lines.joined(separator: "\n") + "\n\n"
    }

    /// A value is one line, whatever stood in the package.
    private static func line(_ value: String) -> String {
        String(value.map { $0.isNewline ? " " : $0 })
    }

    /// `F:` for each directory with its `M:`, and below it `R:` for each file with its `a:` and `Z:`.
    private static func files(_ input: PlanInput, _ place: Int, _ tree: ImageTree) -> [String] {
        var directories: [ImagePath: [PackageEntry]] = [:]
        // A name with a line break in it cannot be said in lines, and must not say something else.
        for entry in input.table.entries where !entry.path.text.utf8.contains(0x0A) {
            if entry.kind == .directory {
                directories[entry.path, default: []] += []
            } else if case .keep(let placed) = input.rules.place(entry),
                tree[placed.path]?.file.owner == .package(input.package.name)
            {
                directories[entry.path.parent ?? .root, default: []].append(entry)
            }
        }
        var lines: [String] = []
        for (directory, entries) in directories.sorted(by: { $0.key < $1.key }) {
            lines.append("F:\(directory.text)")
            let file = tree[input.rules.destination(of: directory)]?.file
            if let file, file.kind == .directory, file.mode != 0o755 || file.uid != 0 || file.gid != 0 {
                lines.append("M:\(file.uid):\(file.gid):\(octal(file.mode))")
            }
            for entry in entries.sorted(by: { $0.path < $1.path }) {
                lines.append("R:\(entry.path.name)")
                if let file = tree[input.rules.destination(of: entry.path)]?.file,
                    file.mode != 0o644 || file.uid != 0 || file.gid != 0
                {
                    lines.append("a:\(file.uid):\(file.gid):\(octal(file.mode))")
                }
                if !entry.sha1.isEmpty { lines.append("Z:Q1\(Base64.encode(entry.sha1))") }
            }
        }
        return lines
    }
}
