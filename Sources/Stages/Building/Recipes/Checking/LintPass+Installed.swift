// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// What a package's files need of the image that they are installed in; nothing is run.
extension LintPass {
    /// Programs that every image with scripts has, and none without.
    private static let commonInterpreters: Set<Substring> = ["sh", "env"]

    mutating func checkLibraries(_ entry: LintTree.Entry, in image: InstalledTree) {
        guard let (facts, hardening) = entry.elf, hardening.kind != .object,
            let place = image.resolve(entry.path.text)
        else { return }
        for name in facts.needed where !image.finds(name, for: facts, at: place) {
            find(.lddcheck, entry.path, "needs the library \(name), which is not where its loader looks")
        }
    }

    mutating func checkInterpreter(_ entry: LintTree.Entry, in image: InstalledTree) {
        if let loader = entry.elf?.facts.interpreter, !image.isFile(loader) {
            find(.interpcheck, entry.path, "starts with the loader \(loader), which is not there")
        }
        guard let (interpreter, argument) = entry.script, entry.status.mode & 0o111 != 0 else { return }
        let name = interpreter.split(separator: "/").last ?? ""
        guard image.isFile(interpreter) else {
            let isCommon = Self.commonInterpreters.contains(name)
            return find(
                .interpcheck, entry.path, "is run by \(interpreter), which is not there",
                refuses: isCommon ? false : nil)
        }
        guard let program = ShebangReader.program(of: interpreter, argument), program != interpreter,
            image.program(program) == nil
        else { return }
        find(.interpcheck, entry.path, "is run by \(program), which is nowhere on the search path")
    }

    /// A module is found with all that it requires, and what those require.
    mutating func checkModule(_ entry: LintTree.Entry, in image: InstalledTree) {
        guard entry.isModule, let file = image.module(String(entry.name.dropLast(3)), beside: entry.parent)
        else { return }
        for (field, value) in [("Name", file.name), ("Version", file.version)] where value?.isEmpty != false {
            find(.pccheck, entry.path, "has no \(field)", refuses: true)
        }
        var (open, seen) = (file.requires, Set(file.requires))
        while let name = open.popLast() {
            guard seen.count < 1000 else { return }
            guard let required = image.module(name, beside: entry.parent) else {
                find(.pccheck, entry.path, "requires the module \(name), which is not there")
                continue
            }
            open += required.requires.filter { seen.insert($0).inserted }
        }
    }
}
