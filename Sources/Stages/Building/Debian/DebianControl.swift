// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The control file of a package that a recipe makes (Debian Policy 5.3), and the control files beside it.
struct DebianControl {
    let recipe: Recipe
    let package: Recipe.Package
    let name: PackageName
    let version: DebianVersion
    let architecture: String
    var depends: [String] = []
    var conflicts: [String] = []
    var provides: [String] = []
    var replaces: [String] = []
    /// KiB, as dpkg-gencontrol counts.
    var installedSize: Int64 = 0
    /// Whether packages of several architectures may be there beside one another.
    var isCoinstallable = false

    func stanza() throws(BuildingError) -> ControlStanza {
        let metadata = package.metadata
        var fields = [ControlStanza.Field("Package", name.text)]
        func add(_ field: String, _ value: String) {
            if !value.isEmpty { fields.append(.init(field, value)) }
        }
        let source = try DebianNames.name(recipe.name)
        if source != name { add("Source", source.text) }
        add("Version", version.text)
        add("Architecture", architecture)
        // A recipe has none; readers want an address, and this one can be nobody's (RFC 2606).
        add("Maintainer", metadata.maintainer ?? "Recipe of \(source) <\(source)@recipes.invalid>")
        add("Installed-Size", "\(installedSize)")
        add("Depends", depends.joined(separator: ", "))
        add("Conflicts", conflicts.joined(separator: ", "))
        add("Replaces", replaces.joined(separator: ", "))
        add("Provides", provides.joined(separator: ", "))
        add("Section", "misc")
        add("Priority", "optional")
        if isCoinstallable { add("Multi-Arch", "same") }
        add("Homepage", metadata.url.isEmpty ? recipe.packages[0].metadata.url : metadata.url)
        add("Description", metadata.description.isEmpty ? name.text : metadata.description)
        for field in fields where field.value.contains(where: \.isNewline) {
            throw .badMetadata(reason: "'\(field.value.prefix(40))' has more than one line")
        }
        return ControlStanza(fields)
    }

    // MARK: - Scripts

    /// When dpkg runs what, by the words of apk's scripts (Debian Policy 6.5): an upgrade comes with the old version.
    private static let scripts:
        [(file: String, parts: [(condition: String, kind: PackageMetadata.ScriptKind)])] = [
            ("preinst", [("[ \"$1\" = install ]", .preInstall), ("[ \"$1\" = upgrade ]", .preUpgrade)]),
            (
                "postinst",
                [
                    ("[ \"$1\" = configure ] && [ -z \"$2\" ]", .postInstall),
                    ("[ \"$1\" = configure ] && [ -n \"$2\" ]", .postUpgrade),
                    ("[ \"$1\" = triggered ]", .trigger),
                ]
            ),
            ("prerm", [("[ \"$1\" = remove ]", .preDeinstall)]),
            ("postrm", [("[ \"$1\" = remove ]", .postDeinstall)]),
        ]

    /// Maintainer scripts; each of apk's runs in a shell of its own, which it may end. How that ended is how dpkg's ends, and
    /// what fails in its middle is its own affair, as it is where apk runs it.
    func maintainerScripts() throws(BuildingError) -> [(file: String, text: String)] {
        var files: [(file: String, text: String)] = []
        for (file, parts) in Self.scripts {
            var text = "#!/bin/sh\nset -e\n"
            var isEmpty = true
            for (condition, kind) in parts {
                guard let script = package.metadata.scripts[kind] else { continue }
                text += "if \(condition); then (\nset +e\n\(try Self.body(of: script, kind))\n); fi\n"
                isEmpty = false
            }
            if !isEmpty { files.append((file, text)) }
        }
        return files
    }

    /// What comes after the first line, which says who runs it: a shell, maybe with options (`#!/bin/sh -e`).
    private static func body(
        of script: String, _ kind: PackageMetadata.ScriptKind
    ) throws(BuildingError) -> String {
        guard script.hasPrefix("#!") else { return script }
        let line = script.prefix { !$0.isNewline }
        let words = line.dropFirst(2).split(separator: " ")
        let shell = words.first == "/usr/bin/env" ? 2 : 1
        guard ["/bin/sh", "/bin/ash", "/usr/bin/env sh"].contains(words.prefix(shell).joined(separator: " "))
        else {
            throw .badMetadata(
                reason:
                    "the script \(kind.rawValue) is for '\(line.dropFirst(2))'; a .deb's are for /bin/sh alone"
            )
        }
        let options = words.dropFirst(shell).map { "set \($0)\n" }.joined()
        return options + script.dropFirst(line.count)
    }

    /// `triggers` (deb-triggers(5)): what it watches, and the loader's cache where it ships libraries.
    func triggers(hasLibraries: Bool) -> String {
        package.metadata.triggerPaths.map { "interest-noawait \($0)\n" }.joined()
            + (hasLibraries ? "activate-noawait ldconfig\n" : "")
    }

    // MARK: - Copyright

    /// `copyright` in the machine-readable form (copyright-format 1.0); nil where the recipe says nothing.
    static func copyright(of recipe: Recipe, _ licences: [RecipeOutput.LicenceText]) -> [UInt8]? {
        guard !recipe.copyrights.isEmpty else { return nil }
        var text = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        text += "Upstream-Name: \(recipe.name)\n"
        let url = recipe.packages[0].metadata.url
        if !url.isEmpty { text += "Source: \(url)\n" }
        for copyright in recipe.copyrights {
            let paths = copyright.paths.isEmpty ? ["*"] : copyright.paths
            text += "\nFiles: \(paths.joined(separator: " "))\n"
            text += "Copyright: \(folded(copyright.attestation ?? "as the licence says"))\n"
            text += "License: \(copyright.license)\n"
            for licence in licences where licence.path == copyright.licensePath {
                text += " \(folded(String(decoding: licence.bytes, as: UTF8.self)))\n"
            }
        }
        return Array(text.utf8)
    }

    /// Further lines begin with a blank, and an empty one is a dot.
    private static func folded(_ text: String) -> String {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
        return lines.map { $0.allSatisfy(\.isWhitespace) ? "." : $0 }.joined(separator: "\n ")
    }
}
