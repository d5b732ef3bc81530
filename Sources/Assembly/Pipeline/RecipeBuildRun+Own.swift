// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

extension RecipeBuildRun {
    /// Recipes build on what was published before them: where one asks for such a package, the repository is a source of its
    /// build root, its sysroot and its tests, each in the form of its family. A recipe that asks for none knows nothing of it,
    /// so that its build is the same whatever else is published.
    func buildingOnItself(_ order: Order, _ recipe: Recipe) async throws -> Order {
        guard try HostDirectory.exists(order.output) else { return order }
        var order = order
        for form in order.forms {
            let packages = form.packages(workshop)
            let published = Set(try packages.listed(in: order.output, of: recipe).map(Self.name(inFile:)))
            guard !published.isDisjoint(with: recipe.needs(of: [form.family]).map(\.name)) else { continue }
            try await packages.source(order.output, of: recipe)?.add(to: &order.options.additions)
        }
        return order
    }

    /// `NAME` of `NAME_VERSION_ARCHITECTURE.deb` and of `NAME-VERSION-rN.apk`.
    static func name(inFile path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        if file.hasSuffix(".deb") { return String(file.prefix { $0 != "_" }) }
        return file.split(separator: "-").dropLast(2).joined(separator: "-")
    }
}
