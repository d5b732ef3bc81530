// SPDX-License-Identifier: Apache-2.0

extension Recipe {
    /// A package that a recipe asks for by name.
    package struct Need: Sendable, Hashable {
        /// To run its steps, to run its tests, or wherever one of its packages is installed.
        package enum Kind: String, Sendable, Codable { case build, test, runtime }
        package var name: String
        package var kind: Kind

        package init(_ name: String, _ kind: Kind) {
            self.name = name
            self.kind = kind
        }
    }

    /// The packages of these families that it asks for; an image of another family asks for another distribution's, whatever
    /// they are called. An image that names no repository may be of any.
    package func needs(of wanted: Set<PackageFamily>) -> [Need] {
        func needs(_ image: ImageDefinition?, _ kind: Need.Kind) -> [Need] {
            guard let contents = image?.contents else { return [] }
            let families = Set(contents.sources.map(\.value.family))
            guard families.isEmpty || !families.isDisjoint(with: wanted) else { return [] }
            return contents.packages.filter { !$0.value.isExcluded }.map { Need($0.value.name.text, kind) }
        }
        return needs(environment, .build) + needs(sysroot, .build)
            + packages.flatMap { package in
                needs(package.test?.environment, .test)
                    + package.metadata.dependencies.runtime.filter { !$0.hasPrefix("!") }.map {
                        Need(Self.name(ofDependency: $0), .runtime)
                    }
            }
    }

    /// `name` of `name>=1.2`, `name=1`, `name~2`, `name (>= 1)` and `name@tag`.
    package static func name(ofDependency dependency: String) -> String {
        String(dependency.prefix { !"<>=~@ ".contains($0) })
    }
}
