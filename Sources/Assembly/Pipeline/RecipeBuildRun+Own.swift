// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

extension RecipeBuildRun {
    /// Recipes build on what was published before them: where one asks for such a package, the repository is a source of its
    /// build root, its sysroot and its tests. A recipe that asks for none knows nothing of it, so that its build is the same
    /// whatever else is published.
    func buildingOnItself(_ order: Order, _ recipe: Recipe) async throws -> Order {
        guard let packages = order.forms.first?.packages(workshop),
            try HostDirectory.exists(order.output)
        else { return order }
        let published = Set(try packages.listed(in: order.output, of: recipe).map(Self.name(inFile:)))
        guard !published.isDisjoint(with: recipe.wantedNames) else { return order }
        var order = order
        try await packages.source(order.output, of: recipe)?.add(to: &order.options.additions)
        return order
    }

    /// `NAME` of `NAME_VERSION_ARCHITECTURE.deb` and of `NAME-VERSION-rN.apk`.
    static func name(inFile path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        if file.hasSuffix(".deb") { return String(file.prefix { $0 != "_" }) }
        return file.split(separator: "-").dropLast(2).joined(separator: "-")
    }
}

extension Recipe {
    /// Every package that it asks for by name, wherever.
    fileprivate var wantedNames: Set<String> {
        let images = [environment, sysroot].compactMap(\.self) + packages.compactMap(\.test?.environment)
        let said = packages.flatMap(\.metadata.dependencies.runtime)
        return Set(images.flatMap { $0.contents.packages.map(\.value.name.text) })
            .union(said.map { String($0.prefix { !"<>=~@ ".contains($0) }) })
    }
}

extension Workshop {
    /// Where a public key stands, by its content: whoever names it means the same key whenever he does.
    func publicKey(_ name: String, _ bytes: [UInt8]) throws -> HostPath {
        let folder = cache.root / "keys" / ContentHasher.digest(of: bytes).hex
        try HostDirectory.create(folder)
        let path = folder / name
        try AtomicFile.replace(path, with: bytes)
        return path
    }
}
