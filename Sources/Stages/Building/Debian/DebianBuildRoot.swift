// SPDX-License-Identifier: Apache-2.0

internal import Archives
package import Storage
package import Vocabulary

/// The image in which a recipe was built, and whose its files are: by it a library's or program's path leads to the package
/// that ships it.
package struct DebianBuildRoot: Sendable {
    /// The unpacked image.
    let root: HostPath
    private let owners: [ImagePath: PackageName]
    private let packages: [PackageName: LockedPackage]
    private let isDebian: Bool
    private let store: ContentStore

    /// - Parameters:
    ///   - files: the image's.
    ///   - lock: what it was composed of.
    ///   - store: where the packages' files are, which say what their libraries ask of others.
    package init(root: HostPath, files: [ComposedFile], lock: ArchitectureLock, store: ContentStore) {
        self.root = root
        self.store = store
        var owners: [ImagePath: PackageName] = [:]
        for file in files {
            if case .package(let name) = file.owner { owners[file.path] = name }
        }
        self.owners = owners
        packages = Dictionary(lock.packages.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        isDebian = lock.family == .debian
    }

    /// The package that ships a file of the image; nil where none of Debian's does.
    func owner(of path: ImagePath) -> LockedPackage? {
        guard isDebian else { return nil }
        return owners[path].flatMap { packages[$0] }
    }

    /// The image's package of a name.
    func package(named name: some StringProtocol) -> LockedPackage? {
        guard isDebian else { return nil }
        return PackageName(name).flatMap { packages[$0] }
    }

    /// The names that a package goes by beside its own, without versions.
    /// - Throws: `missingPackage` without its file.
    func provides(of package: LockedPackage) throws(BuildingError) -> [String] {
        let fields = try file(of: package).facts().fields
        let said = fields.first { $0.name == "Provides" }?.value ?? ""
        return said.split(separator: ",").compactMap { $0.split(separator: " ").first.map(String.init) }
    }

    /// What a package says of those who link to it.
    /// - Throws: `missingPackage` without its file: what it does not say is another thing than what is not known.
    func rules(of package: LockedPackage) throws(BuildingError) -> LibraryRules {
        try file(of: package).libraryRules()
    }

    private func file(of package: LockedPackage) throws(BuildingError) -> DebianPackageFile {
        guard store.contains(package.digest) else { throw .missingPackage(package.name) }
        return DebianPackageFile(store.path(of: package.digest))
    }
}
