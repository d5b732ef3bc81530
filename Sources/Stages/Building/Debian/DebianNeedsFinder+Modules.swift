// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

extension DebianNeedsFinder {
    /// The interpreters of a package's modules, and the distributions that its Python distributions say they need, each in
    /// the package that ships it.
    mutating func readModules(_ facts: ModuleFacts) throws {
        if facts.hasPerl { try addProgram("perl", "its Perl modules need perl") }
        for version in facts.pythonVersions.sorted() { try addPython(version) }
        if facts.hasCommonPython, facts.pythonVersions.isEmpty {
            try addProgram("python3", "its Python modules need python3")
        }
        guard facts.distributions.contains(where: { !$0.needs.isEmpty }) else { return }
        let places = try distributions()
        for distribution in facts.distributions {
            for need in distribution.needs where !facts.distributions.contains(where: { $0.name == need }) {
                let what = "'\(distribution.path)' needs the Python distribution \(need)"
                try addFile(places[need].map { [$0] } ?? [], what)
            }
        }
    }

    /// This Python and no other, as dh_python3 writes it.
    private mutating func addPython(_ version: String) throws {
        let parts = version.split(separator: ".")
        guard try search.tree.file("usr/bin/python\(version)") != nil, parts.count == 2,
            let minor = Int(parts[1])
        else { return try addProgram("python\(version)", "its Python modules are for Python \(version)") }
        add(relation: "python3 (>= \(version)~)")
        add(relation: "python3 (<< 3.\(minor + 1))")
    }

    /// Where the metadata of every distribution is that the recipe's packages and the build root have, by normalised name.
    private func distributions() throws -> [String: String] {
        var places: [String: String] = [:]
        for python in try search.tree.names(in: "usr/lib").filter({ $0.hasPrefix("python3") }) {
            for folder in ["usr/lib/\(python)/site-packages", "usr/lib/\(python)/dist-packages"] {
                for name in try search.tree.names(in: folder) {
                    let ending = [".dist-info", ".egg-info"].first { name.hasSuffix($0) }
                    guard let ending else { continue }
                    let own = name.dropLast(ending.count).prefix { $0 != "-" }
                    let path = "\(folder)/\(name)"
                    let files = ending == ".dist-info" ? ["\(path)/METADATA"] : ["\(path)/PKG-INFO", path]
                    for file in files where try search.tree.file(file) != nil {
                        places[ModuleFacts.normalised(own)] = file
                        break
                    }
                }
            }
        }
        return places
    }
}
