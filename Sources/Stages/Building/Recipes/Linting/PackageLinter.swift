// SPDX-License-Identifier: Apache-2.0

internal import Storage
package import Vocabulary

/// Looks over a package's files before they are packed, or after: for what must not be published, and for what somebody
/// should know of.
package struct PackageLinter: Sendable {
    /// Whose files they are.
    package struct Subject: Sendable {
        package var name: String
        /// As the family calls it: `x86_64`, `amd64`, `noarch`.
        package var architecture: String
        /// It needs or offers something, or runs scripts: such a package may be empty.
        package var isMeta = false
        /// Names of linters that are not asked.
        package var disabled: [String] = []

        package init(name: String, architecture: String) {
            self.name = name
            self.architecture = architecture
        }

        /// The subject of a recipe's package.
        package init(_ package: Recipe.Package) {
            self.init(name: package.metadata.name.text, architecture: package.metadata.architecture)
            let dependencies = package.metadata.dependencies
            isMeta =
                !(dependencies.runtime + dependencies.provides + dependencies.replaces).isEmpty
                || !package.metadata.scripts.isEmpty
            disabled = package.disabledChecks
        }

        /// For developers: what only compilers and linkers read may lie in it.
        var isForDevelopers: Bool { name.hasSuffix("-dev") || name.hasSuffix("-static") }
        var isDocumentation: Bool { name.hasSuffix("-doc") }
    }

    /// So many findings of one linter are told apart.
    static let shown = 20

    package init() {}

    /// What linters say of the folder, which is or becomes the package's root: by linter, then by path.
    package func findings(
        in folder: HostPath, of subject: Subject
    ) throws(BuildingError) -> [LintFinding] {
        let tree = try BuildingError.wrapping { try LintTree(folder) }
        var pass = LintPass(subject: subject)
        for entry in tree.entries {
            pass.checkPlace(entry)
            pass.checkRights(entry)
            pass.checkKind(entry)
            pass.checkProgram(entry)
        }
        pass.checkNames(tree)
        pass.checkModules(tree)
        try BuildingError.wrapping { try pass.checkDuplicates(tree) }
        if tree.entries.allSatisfy({ $0.status.kind == .directory }), !subject.isMeta {
            pass.find(.empty, nil, "holds no file, and needs and offers nothing")
        }
        return pass.result
    }
}

/// What was found so far.
struct LintPass {
    let subject: PackageLinter.Subject
    private var found: [Linter: Set<LintFinding>] = [:]

    init(subject: PackageLinter.Subject) { self.subject = subject }

    mutating func find(_ linter: Linter, _ path: ImagePath?, _ message: String, refuses: Bool? = nil) {
        guard !subject.disabled.contains(linter.name) else { return }
        found[linter, default: []].insert(
            LintFinding(linter, of: subject.name, at: path, message, refuses: refuses))
    }

    /// Where a linter found something.
    func paths(of linter: Linter) -> Set<ImagePath> { Set((found[linter] ?? []).compactMap(\.path)) }

    /// In the order of the table, of each linter what refuses before what warns, then by path, each once. Of a linter that
    /// found a great many things, the first and how many more there are.
    var result: [LintFinding] {
        Linter.all.flatMap { linter -> [LintFinding] in
            let all = (found[linter] ?? []).sorted()
            guard all.count > PackageLinter.shown else { return all }
            let rest = all.dropFirst(PackageLinter.shown)
            return all.prefix(PackageLinter.shown) + [
                LintFinding(
                    linter, of: subject.name, at: nil, "and \(rest.count) more like these",
                    refuses: rest.contains(where: \.refuses))
            ]
        }
    }
}
