// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

extension DebianNeedsFinder {
    /// The interpreters of a package's modules, and what these modules say or load of others, each in the package that ships
    /// it.
    mutating func readModules(_ facts: ModuleFacts) throws {
        try readPerl(facts)
        try readPython(facts)
        try readGems(facts)
    }

    // MARK: - Perl

    private mutating func readPerl(_ facts: ModuleFacts) throws {
        guard facts.hasPerl else { return }
        try addProgram("perl", "its Perl modules need perl")
        if !facts.perlVersions.isEmpty, let interface = try perlInterface() { add(relation: interface) }
        for (module, path) in facts.perlModules.sorted(by: { $0.key < $1.key }) {
            try addPerl(module, of: path)
        }
    }

    /// What modules in C are compiled for (Debian's Perl policy, 4.4.2): `perlapi-5.40.1`, which perl-base offers.
    private func perlInterface() throws -> String? {
        guard let perl = root.package(named: "perl-base") else { return nil }
        return try root.provides(of: perl).filter { $0.hasPrefix("perlapi-") }.max()
    }

    /// A module that a file loads whatever happens. One that is nowhere is remembered and not asked for: many packages have
    /// files that only another system loads.
    mutating func addPerl(_ module: String, of path: ImagePath) throws {
        let file = module.split(separator: ":").joined(separator: "/") + ".pm"
        let (core, others) = try perlFolders ?? findPerlFolders()
        perlFolders = (core, others)
        func place(in folders: [String]) throws -> String? {
            try folders.lazy.map { "\($0)/\(file)" }.first { try search.tree.file($0) != nil }
        }
        // What comes with perl is there where perl is.
        if try place(in: core) != nil { return }
        if let place = try place(in: others) {
            return try addFile([place], "'\(path)' loads the Perl module \(module)")
        }
        missingModules[module] = missingModules[module] ?? path
    }

    /// Where Debian's perl looks for modules (its policy, 1.1): those of its own, and packages'.
    private func findPerlFolders() throws -> (core: [String], others: [String]) {
        func versions(in folder: String) throws -> [String] {
            try search.tree.names(in: folder).filter { $0.first?.isNumber ?? false }.map { "\(folder)/\($0)" }
        }
        let libraries = triplet.map { "usr/lib/\($0)" } ?? "usr/lib"
        return (
            try versions(in: "usr/share/perl") + versions(in: "\(libraries)/perl") + [
                "\(libraries)/perl-base"
            ],
            try ["usr/share/perl5"] + versions(in: "\(libraries)/perl5")
        )
    }

    // MARK: - Python

    private mutating func readPython(_ facts: ModuleFacts) throws {
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
                        places[PythonDistribution.normalised(own)] = file
                        break
                    }
                }
            }
        }
        return places
    }

    // MARK: - Ruby

    private mutating func readGems(_ facts: ModuleFacts) throws {
        let rubies = Set(facts.gems.compactMap(\.ruby))
        for ruby in rubies.sorted() { try addRuby(ruby) }
        if rubies.isEmpty, !facts.gems.isEmpty { try addProgram("ruby", "its gems need ruby") }
        guard facts.gems.contains(where: { !$0.needs.isEmpty }) else { return }
        let places = try gems()
        for gem in facts.gems {
            for need in gem.needs where !facts.gems.contains(where: { $0.name == need }) {
                try addFile(places[need] ?? [], "'\(gem.path)' needs the gem \(need)")
            }
        }
    }

    /// `ruby3.3`, where gems are for that one alone.
    private mutating func addRuby(_ version: String) throws {
        let need = "its gems are for Ruby \(version)"
        let isNamed = try search.tree.file("usr/bin/ruby\(version)") != nil
        try addProgram(isNamed ? "ruby\(version)" : "ruby", need)
    }

    /// Where the specification of every gem is that the recipe's packages and the build root have, by name.
    private func gems() throws -> [String: [String]] {
        let libraries = ["usr/lib"] + (triplet.map { ["usr/lib/\($0)"] } ?? [])
        let homes =
            ["usr/share/rubygems-integration", "usr/lib/ruby/gems", "var/lib/gems"]
            + libraries.map { "\($0)/rubygems-integration" }
        var places: [String: [String]] = [:]
        for home in homes {
            for version in try search.tree.names(in: home) {
                for folder in ["specifications", "specifications/default"].map({ "\(home)/\(version)/\($0)" })
                {
                    for file in try search.tree.names(in: folder) {
                        guard let name = RubyGem.name(ofFile: file) else { continue }
                        places[name, default: []].append("\(folder)/\(file)")
                    }
                }
            }
        }
        return places
    }
}
