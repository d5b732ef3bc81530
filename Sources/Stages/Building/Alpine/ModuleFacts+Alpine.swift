// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension ModuleFacts {
    /// Python's distributions as Alpine's packages offer them: `py3.13:requests=2.32.3`.
    var alpineProvides: [String] {
        distributions.compactMap { distribution in
            guard let python = distribution.python else { return nil }
            let name = "py\(python):\(distribution.name)"
            return AlpineVersion(distribution.version)?.isValid == true
                ? "\(name)=\(distribution.version)" : name
        }
    }

    /// The interpreters of modules: this Python, this Ruby and no other, and any Perl where none of them is compiled for one.
    /// What distributions and gems say that they need is not asked for, as not every repository offers it by these names.
    func alpineDepends(of package: PackageName) -> [String] {
        let rubies = Set(gems.compactMap(\.ruby))
        let interpreters =
            pythonVersions.sorted().map { "python3~\($0)" }
            + (rubies.isEmpty && !gems.isEmpty ? ["ruby"] : rubies.sorted().map { "ruby~\($0)" })
            + (perlVersions.isEmpty && hasPerl ? ["perl"] : perlVersions.sorted().map { "perl~\($0)" })
        return interpreters.filter { $0.prefix { $0 != "~" } != package.text }
    }
}
