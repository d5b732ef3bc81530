// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Storage
package import Vocabulary

/// In which form a recipe's packages are made, and with what they are signed. The forms stand in the families' folders.
package struct PackageForm: Sendable {
    /// What users call it: `apk`, `deb`.
    package let name: String
    package let family: PackageFamily
    let packages: @Sendable (Workshop) -> any RecipePackages
    /// Opens a package file of this form.
    let open: @Sendable (HostPath) -> any PackageFile
    /// Follows the chain from a repository's signature to one of its packages.
    let chain: @Sendable (Workshop, _ package: HostPath, _ keys: RecipeKeys) async throws -> [Verdict.Check]

    /// Both forms as whoever looks at packages needs them, without keys to sign.
    static let all = [PackageForm.apk(nil), .deb(suite: "stable", gpgKey: nil, gpgHome: nil)]

    /// The form of a package file, by its name's ending.
    /// - Throws: `PipelineError.noPackage`.
    static func of(_ file: HostPath) throws(PipelineError) -> PackageForm {
        guard let form = all.first(where: { file.name.hasSuffix(".\($0.name)") }) else {
            throw .noPackage(file)
        }
        return form
    }
}

/// What a family does to make packages of a recipe and to keep them in a repository: a folder that holds packages and
/// the indexes that name them. The paths of packages are those below it.
protocol RecipePackages: Sendable {
    /// Packs every package of the recipe into its place in a new repository.
    func pack(_ built: BuiltRecipe, into repository: HostPath) async throws -> [PackedPackage]

    /// What an image asks for to hold this very package.
    func request(for package: Recipe.Package, of recipe: Recipe) throws -> PackageRequest

    /// Indexes a repository that lives as long as its tests, signed by a key of its own.
    /// - Parameter scratch: for the key.
    func trial(_ repository: HostPath, of recipe: Recipe, in scratch: HostPath) async throws
        -> TrialRepository

    /// A repository as a source for recipes that build on what it has; nil where nothing is published there yet, or nothing
    /// is signed: then nobody could tell whose packages they are.
    func source(_ repository: HostPath, of recipe: Recipe) async throws -> TrialRepository?

    /// The paths of the packages that the repository's indexes name.
    func listed(in repository: HostPath, of recipe: Recipe) throws -> Set<String>

    /// Writes and signs the repository's index. It changes whole, and names nothing that is not on disk.
    /// - Parameter paths: packages that are left out for now.
    func index(_ repository: HostPath, of recipe: Recipe, leavingOut paths: Set<String>) async throws
}

/// A repository of this machine as an image's source: for tests, or for recipes that build on others.
struct TrialRepository: Sendable {
    let line: RepositoryLine
    /// A key that belongs into the image's keyring; nil where the line names it.
    let key: HostPath?

    func add(to additions: inout DefinitionAdditions) {
        additions.repositories.append(line.description)
        if let key { additions.keyring.append(key.text) }
    }
}
