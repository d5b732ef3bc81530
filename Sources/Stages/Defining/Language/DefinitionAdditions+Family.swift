// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

extension DefinitionAdditions {
    /// What of it is for an image of this family: repositories by their first word, keys by the endings of their names.
    /// A family of nil, as an image without repositories has it, takes everything.
    package func of(_ family: PackageFamily?) -> DefinitionAdditions {
        guard let family else { return self }
        let language = FamilyLanguage.of(family)
        let isOfFamily = { (text: String) in
            guard let line = try? RepositoryLine(parsing: text) else { return true }
            return line.family == family
        }
        var own = self
        own.repositories.removeAll { !isOfFamily($0) }
        own.buildRepositories.removeAll { !isOfFamily($0) }
        own.keyring.removeAll { !language.isKey($0) }
        return own
    }

    /// Of the repositories, in their order.
    package var families: [PackageFamily] {
        (buildRepositories + repositories).compactMap { try? RepositoryLine(parsing: $0).family }
    }

    /// Repositories and keys for an image of this family, and none of the packages.
    package func repositories(of family: PackageFamily?) -> DefinitionAdditions {
        var own = of(family)
        own.packages = []
        return own
    }
}
