// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// A recipe made of a release: its place and digest, and how files at its top say that it is built. It is written for
/// people: what they have to look at is in its comments.
package struct FirstRecipe: Sendable {
    /// What a release is built with.
    package enum BuildSystem: String, Sendable {
        case autotools, cmake, meson, go, cargo, python, make, unknown

        /// By the files at the top of a release: what comes first in this list counts.
        package init(of names: Set<String>) {
            let signs: [(Self, [String])] = [
                (.meson, ["meson.build"]), (.cmake, ["CMakeLists.txt"]),
                (.autotools, ["configure", "configure.ac", "configure.in"]), (.cargo, ["Cargo.toml"]),
                (.go, ["go.mod"]), (.python, ["pyproject.toml", "setup.py"]),
                (.make, ["Makefile", "makefile", "GNUmakefile"]),
            ]
            self = signs.first { !names.isDisjoint(with: $0.1) }?.0 ?? .unknown
        }
    }

    package var name: PackageName
    package var version: String
    /// The release's address.
    package var source: String
    package var digest: Digest
    package var buildSystem: BuildSystem
    /// Lines of the build root's `contents.repositories`.
    package var repositories: [String]

    package init(
        name: PackageName, version: String, source: String, digest: Digest, buildSystem: BuildSystem,
        repositories: [String]
    ) {
        self.name = name
        self.version = version
        self.source = source
        self.digest = digest
        self.buildSystem = buildSystem
        self.repositories = repositories
    }

    /// The first suite that these lines of `contents.repositories` name; nil where they are of a family without.
    package static func suite(of repositories: [String]) -> String? {
        repositories.lazy.compactMap { try? RepositoryLine(parsing: $0).suite }.first
    }

    /// The text of `file`. Throws what is wrong with the answers, as if they stood in the file already.
    package func text(for file: String) throws(DefinitionError) -> [UInt8] {
        let lines =
            [
                "# Check it:    slipway recipe check \(file)",
                "# Build it:    slipway recipe build \(file) -o packages",
                "# All keys:    slipway schema --recipe", "package:", "  name: \(YAMLText.quoted(name.text))",
                "  version: \(YAMLText.quoted(version))", "  epoch: 0",
                "  description: # one line for people", "  copyright:",
                "    - license: NOASSERTION # the SPDX expression of its licence", "", "environment:",
                "  contents:",
                "    repositories:",
            ] + repositories.map { "      - \(YAMLText.quoted($0))" } + [
                "    packages: [\(root.joined(separator: ", "))]", "", "pipeline:", "  - uses: fetch",
                "    with:",
                "      uri: \(YAMLText.quoted(uri))", "      expected-sha256: \(digest.hex)", "",
            ] + steps + [
                "", "test:", "  pipeline:", "    - runs: # what the finished package must do", "",
                // Where releases are looked for follows from the source, where it is an archive or an index.
                "update:", "  enabled: true", "",
            ]
        let bytes = Array(lines.joined(separator: "\n").utf8)
        _ = try RecipeReader(architecture: .amd64).read(bytes, file: file)
        return bytes
    }

    /// With the version as a variable where a later one would stand: in a URL's path and what follows, behind the @ of a
    /// Python project, and nowhere in the name of a host, a project or a suite.
    private var uri: String {
        let start =
            if source.hasPrefix("debian:") {
                source.endIndex
            } else if source.hasPrefix("pypi:") {
                source.firstIndex(of: "@")
            } else if let scheme = source.firstRange(of: "://") {
                source[scheme.upperBound...].firstIndex(of: "/")
            } else {
                source.startIndex
            }
        let kept = source[..<(start ?? source.endIndex)]
        return String(kept + source[kept.endIndex...].replacing(version, with: "${{package.version}}"))
    }

    /// What scripts want in any case, and a compiler; pipelines bring the rest.
    private var root: [String] {
        let family = repositories.lazy.compactMap { try? RepositoryLine(parsing: $0).family }.first
        return FamilyLanguage.of(family).firstBuildRoot
    }

    private var steps: [String] {
        func uses(_ names: String...) -> [String] { names.flatMap { ["  - uses: \($0)", ""] }.dropLast() }
        switch buildSystem {
        case .autotools: return uses("autoconf/configure", "autoconf/make", "autoconf/make-install", "strip")
        case .cmake: return uses("cmake/configure", "cmake/build", "cmake/install", "strip")
        case .meson: return uses("meson/configure", "meson/compile", "meson/install", "strip")
        case .make:
            return [
                "  - uses: autoconf/make", "", "  - uses: autoconf/make-install", "    with:",
                "      opts: PREFIX=/usr prefix=/usr",
                "", "  - uses: strip",
            ]
        case .go:
            return [
                "  - uses: go/build", "    with:", "      packages: .",
                "      output: \(YAMLText.quoted(name.text))",
            ]
        case .cargo:
            return [
                "  - uses: cargo/build", "    with:", "      output: \(YAMLText.quoted(name.text))", "",
                "  - uses: strip",
            ]
        case .python: return uses("py/pip-build-install")
        case .unknown:
            return [
                "  - name: build", "    runs: |",
                "      # nothing at the top of the release says how it is built",
                "      mkdir -p ${{targets.destdir}}/usr",
            ]
        }
    }
}
