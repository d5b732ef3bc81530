// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Says what one platform's image is made of: the lock's packages with their sources and edges, what was left out,
/// and the files that the definition itself brought.
package struct BillOfMaterialsWriter: Sendable {
    package init() {}

    /// - Parameter name: the image's name, `HOST/REPOSITORY` where it has one.
    package func describe(
        lock: ArchitectureLock, witness: Witness, image: PlatformImage, name: String
    ) -> BillOfMaterials {
        let distribution = lock.distribution(witness)
        let embedded = Self.embedded(in: image.files)
        return BillOfMaterials(
            imageName: name, platform: image.architecture.platform, distribution: distribution,
            manifest: image.manifest.digest, created: image.created,
            components: lock.packages.map { package in
                var component = component(
                    package, purl: lock.packageURL(of: package, distribution: distribution), witness)
                component.embedded = embedded[package.name] ?? []
                return component
            }.sorted { $0.name < $1.name },
            dropped: lock.dropped.sorted { $0.name < $1.name },
            definitionFiles: image.files.filter { $0.kind == .file && $0.owner == .definition }
                .sorted { $0.path < $1.path })
    }

    /// What an image itself says that it holds, anybody's image: its installed packages, without what only a lock
    /// knows (package files, edges, what was left out).
    package func describe(_ inventory: ImageInventory, name: String) -> BillOfMaterials {
        let distribution = inventory.operatingSystem.map { Distribution($0) }
        return BillOfMaterials(
            imageName: name, platform: inventory.platform, distribution: distribution,
            manifest: inventory.manifest.digest,
            created: inventory.configuration.created.flatMap { Timestamp($0) } ?? Timestamp(seconds: 0),
            components: inventory.packages.map { package in
                BillOfMaterials.Component(
                    name: package.name, version: package.version, architecture: package.architecture,
                    role: .installed, purl: package.packageURL(distribution: distribution),
                    sourceName: package.sourceName, sourceVersion: package.sourceVersion,
                    supplier: package.maintainer, homepage: nil, digest: nil, place: nil, dependsOn: [])
            }.sorted { ($0.name, $0.architecture) < ($1.name, $1.architecture) },
            dropped: [], definitionFiles: [])
    }

    /// Where packages of the Alpine family keep what their builder knew about them; whoever else does, is heard too.
    private static func embedded(in files: [ComposedFile]) -> [PackageName: [ComposedFile]] {
        var found: [PackageName: [ComposedFile]] = [:]
        for file in files where file.kind == .file {
            guard file.path.parent?.text == "var/lib/db/sbom", file.path.name.hasSuffix(".spdx.json"),
                case .package(let owner) = file.owner
            else { continue }
            found[owner, default: []].append(file)
        }
        return found
    }

    private func component(
        _ package: LockedPackage, purl: String, _ witness: Witness
    ) -> BillOfMaterials.Component {
        BillOfMaterials.Component(
            name: package.name, version: package.version, architecture: package.architecture,
            role: package.role,
            purl: purl,
            sourceName: package.sourceName,
            sourceVersion: package.sourceVersion, supplier: package.maintainer, homepage: package.homepage,
            license: package.license, digest: package.role == .base ? nil : package.digest,
            place: witness.places[package.digest.description]?.first,
            dependsOn: Set(package.edges.map(\.to)).sorted())
    }
}
