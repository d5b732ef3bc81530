// SPDX-License-Identifier: Apache-2.0

/// A file or tree from which a package was built.
package struct BuildSource: Sendable, Hashable, Codable {
    /// As the recipe writes it: `https://…`, `file:NAME`, `debian:NAME`, a repository's address.
    package var uri: String
    /// Of the file, or of the tree as a tar.
    package var digest: Digest
    /// Of a repository.
    package var commit: String?
    /// Whether the source is a repository's tree.
    package var isRepository: Bool

    package init(uri: String, digest: Digest, commit: String? = nil, isRepository: Bool = false) {
        self.uri = uri
        self.digest = digest
        self.commit = commit
        self.isRepository = isRepository
    }

    private var isAddress: Bool { uri.contains("://") && !uri.hasPrefix("file:") }

    /// Where anybody can have it, in SPDX's spelling (SPDX 2.3, 7.7); nil for what only this machine or its package
    /// indexes know.
    package var downloadLocation: String? {
        guard isAddress else { return nil }
        guard isRepository else { return uri }
        return "git+\(uri)" + (commit.map { "@\($0)" } ?? "")
    }

    /// The package URL of a release that is no distribution's (purl-spec, types generic and pypi).
    package func packageURL(_ name: String, _ version: String) -> PackageURL {
        if uri.hasPrefix("pypi:") {
            let project = uri.dropFirst("pypi:".count).prefix { $0 != "@" && $0 != "=" && $0 != "/" }
            return PackageURL(
                type: "pypi", name: project.lowercased().replacing("_", with: "-"), version: version,
                qualifiers: ["checksum": digest.description])
        }
        var qualifiers: [String: String] = [:]
        if isRepository {
            qualifiers["vcs_url"] = downloadLocation ?? ""
        } else {
            qualifiers = ["checksum": digest.description, "download_url": downloadLocation ?? ""]
        }
        return PackageURL(type: "generic", name: name, version: version, qualifiers: qualifiers)
    }
}

/// What one package that was built is made of, in no particular format.
package struct PackageBillOfMaterials: Sendable {
    package var name: PackageName
    package var version: String
    package var purl: String
    /// An SPDX expression, as the recipe claims; empty for none.
    package var license = ""
    package var homepage = ""
    package var description = ""
    /// The recipe's name and upstream's version.
    package var origin: (name: String, version: String)
    package var sources: [BuildSource] = []
    /// The newest time in the sources, not the clock's.
    package var created: Timestamp

    package init(
        name: PackageName, version: String, purl: String, origin: (name: String, version: String),
        created: Timestamp
    ) {
        self.name = name
        self.version = version
        self.purl = purl
        self.origin = origin
        self.created = created
    }
}
