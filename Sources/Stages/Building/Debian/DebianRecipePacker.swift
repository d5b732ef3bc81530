// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
package import Vocabulary

/// Makes Debian packages of what a recipe's steps left behind.
package struct DebianRecipePacker: Sendable {
    private let packer: DebianPacker
    private let root: DebianBuildRoot

    package init(root: DebianBuildRoot, scratch: HostPath) {
        packer = DebianPacker(scratch: scratch)
        self.root = root
    }

    /// What a package of a recipe is called.
    /// - Throws: `badMetadata` for what can be no Debian package's name or version.
    package static func identity(
        of package: Recipe.Package, _ recipe: Recipe
    ) throws(BuildingError) -> (name: PackageName, version: String) {
        (try DebianNames.name(package.metadata.name), try DebianNames.version(recipe.fullVersion).text)
    }

    /// Packs every package of the recipe into `directory`, which must be there.
    /// - Throws: `unmetNeeds` with every file that needs what nobody ships.
    package func pack(
        _ output: RecipeOutput, into directory: HostPath
    ) throws(BuildingError) -> [PackedPackage] {
        let names = try siblings(of: output.recipe)
        let copyright = DebianControl.copyright(of: output.recipe, try output.licences())
        return try BuildingError.wrapping {
            try output.recipe.packages.map { package in
                var content = Content(package: package, output: output, names: names)
                content.copyright = copyright
                return try pack(content, into: directory)
            }
        }
    }

    /// One package on its way.
    private struct Content {
        let package: Recipe.Package
        let output: RecipeOutput
        /// What the recipe calls its packages, and Debian.
        let names: [PackageName: PackageName]
        var copyright: [UInt8]?

        var triplet: String? { ELFMachine.of(output.recipe.architecture)?.triplet }
    }

    private func siblings(of recipe: Recipe) throws(BuildingError) -> [PackageName: PackageName] {
        var names: [PackageName: PackageName] = [:]
        for package in recipe.packages {
            let name = try DebianNames.name(package.metadata.name)
            guard !names.values.contains(name) else {
                throw .badMetadata(reason: "two packages of the recipe are '\(name)' to Debian")
            }
            names[package.metadata.name] = name
        }
        return names
    }

    private func pack(_ content: Content, into directory: HostPath) throws -> PackedPackage {
        let (output, package) = (content.output, content.package)
        let (name, version) = try Self.identity(of: package, output.recipe)
        guard let debianVersion = DebianVersion(version) else {
            throw BuildingError.badMetadata(reason: "'\(version)' is no version")
        }
        var control = DebianControl(
            recipe: output.recipe, package: package, name: name, version: debianVersion,
            architecture: try DebianNames.architecture(package.metadata.architecture))
        let diagnostics = try addRelations(to: &control, of: content)
        var additions = output.additions(to: package)
        if let copyright = content.copyright, let path = ImagePath("usr/share/doc/\(name)/copyright") {
            additions.append(AddedFile(path, copyright))
        }
        let folder = try PackedFolder(
            output.folder(of: package), owners: .root, time: output.time, adding: additions)
        let libraries = try SharedLibraries(folder, triplet: content.triplet)
        control.installedSize = folder.items.reduce(0) { $0 + max(1, ($1.entry.size + 1023) / 1024) }
        control.isCoinstallable = libraries.isCoinstallable(beside: name, control.architecture)
        let stanza = try control.stanza()
        var packed = try packer.pack(stanza, folder, into: directory) { sums in
            try controlFiles(of: control, stanza, sums, libraries)
        }
        packed.diagnostics += diagnostics
        return packed
    }

    /// What the recipe says, and what the files need; what they may need and nobody has is handed back.
    private func addRelations(
        to control: inout DebianControl, of content: Content
    ) throws -> [Diagnostic] {
        let (output, package) = (content.output, content.package)
        let own = [package] + output.recipe.packages.filter { $0.metadata.name != package.metadata.name }
        let siblings = DebianNeedsFinder.Siblings(
            trees: try own.map { try RootDirectory(output.folder(of: $0)) },
            names: own.compactMap { content.names[$0.metadata.name] }, version: control.version)
        var finder = try DebianNeedsFinder(
            siblings, root: root, triplet: content.triplet)
        if !package.options.withoutDepends {
            try finder.readAll()
            try finder.readModules(try ModuleFacts(of: siblings.trees[0]))
        }
        let writer = DebianRelationWriter(siblings: content.names)
        let said = package.metadata.dependencies
        if let relations = said.deb {
            try writer.write(debian: relations, into: &finder)
        } else {
            control.conflicts = try writer.write(runtime: said.runtime, into: &finder)
        }
        guard finder.unmet.isEmpty else { throw BuildingError.unmetNeeds(control.name, finder.unmet) }
        control.depends = finder.found.relations
        control.provides = try writer.relations(of: said.provides)
        control.replaces = try writer.relations(of: said.replaces)
        return finder.missingModules.sorted { $0.key < $1.key }.map { module, path in
            Diagnostic(
                .warning, .moduleMissing,
                "\(control.name): '\(path)' loads the Perl module \(module), which neither the build root nor the recipe has; "
                    + "where it is needed, add its package to the recipe's environment")
        }
    }

    private func controlFiles(
        of control: DebianControl, _ stanza: ControlStanza, _ sums: [(path: ImagePath, md5: [UInt8])],
        _ libraries: SharedLibraries
    ) throws(BuildingError) -> [AddedFile] {
        var files: [AddedFile] = []
        func add(_ name: String, _ text: String, mode: UInt16 = 0o644) {
            if !text.isEmpty, let path = ImagePath(name) {
                files.append(AddedFile(path, Array(text.utf8), mode: mode))
            }
        }
        // Policy 10.7: what stands in /etc is the administrator's to change, and no damage is looked for in it.
        let isConfiguration = { (path: ImagePath) in path.text.hasPrefix("etc/") }
        add("control", stanza.description)
        add("conffiles", sums.filter { isConfiguration($0.path) }.map { "\($0.path.absolute)\n" }.joined())
        add(
            "md5sums",
            sums.filter { !isConfiguration($0.path) }.map { "\(Hex.encode($0.md5))  \($0.path.text)\n" }
                .joined())
        add("shlibs", libraries.shlibs(of: control.name, control.version))
        add("triggers", control.triggers(hasLibraries: !libraries.sonames.isEmpty))
        for (name, text) in try control.maintainerScripts() { add(name, text, mode: 0o755) }
        return files
    }
}

extension Diagnostic.Code {
    static let moduleMissing = Self(rawValue: "module-missing")
}
