// SPDX-License-Identifier: Apache-2.0

/// What a factory keeps up to date: the meaning of one `factory.yaml`.
package struct FactoryConfiguration: Sendable, Equatable {
    /// A registry and what stands before every image's name in it: `127.0.0.1:5000/team` publishes the image `app`
    /// as `127.0.0.1:5000/team/app`.
    package struct Destination: Sendable, Hashable, CustomStringConvertible {
        package let registry: ImageReference.Registry
        package let prefix: ImageReference.Repository?

        package init(registry: ImageReference.Registry, prefix: ImageReference.Repository?) {
            self.registry = registry
            self.prefix = prefix
        }

        package var description: String { "\(registry)" + (prefix.map { "/\($0)" } ?? "") }

        /// Where the image of this name is published; throws where the name fits into no reference.
        package func reference(to name: String) throws(ImageReference.ParseError) -> ImageReference {
            ImageReference(
                registry: registry,
                repository: try ImageReference.Repository(prefix.map { "\($0)/\(name)" } ?? name))
        }
    }

    /// What an image must be before its tags move. Every gate holds for each platform.
    package struct Gates: Sendable, Equatable {
        /// What is asked of the scan; nil asks nothing, and the findings are only shown.
        package enum Findings: String, Sendable, CaseIterable {
            /// No finding, and an answer for every package.
            case none
            /// Any findings, but an answer for every package.
            case known
        }

        /// Bytes of the layers as they are stored.
        package var maxSize: Int64?
        /// No setuid or setgid file.
        package var noSetuid: Bool
        /// No shell.
        package var noShell: Bool
        package var findings: Findings?
        /// Architectures whose tests may stay unrun where no emulator is at hand; a failed test is never allowed.
        package var allowUntested: [Architecture]

        package init(
            maxSize: Int64? = nil, noSetuid: Bool = true, noShell: Bool = true, findings: Findings? = nil,
            allowUntested: [Architecture] = []
        ) {
            self.maxSize = maxSize
            self.noSetuid = noSetuid
            self.noShell = noShell
            self.findings = findings
            self.allowUntested = allowUntested
        }
    }

    package struct Image: Sendable, Equatable {
        /// The definition's path, relative to the configuration.
        package var definition: String
        package var tags: [ImageReference.Tag]
        package var gates: Gates

        package init(definition: String, tags: [ImageReference.Tag], gates: Gates) {
            self.definition = definition
            self.tags = tags
            self.gates = gates
        }
    }

    /// What it builds itself, from upstream's releases.
    package struct Packages: Sendable, Equatable {
        /// A form of packages, and what signs them.
        package enum Form: Sendable, Equatable {
            /// The private key's file.
            case apk(key: Located<String>)
            /// A suite of a Debian repository; the key as gpg knows it, and gpg's own folder.
            case deb(suite: String, key: String, home: String?)
        }

        /// The folder of the repository that they are published to; as all paths here relative to the configuration, or
        /// absolute.
        package var repository: String
        /// At least one; recipes that build on others take them in the form of their image's family.
        package var forms: [Form]
        /// Recipes, or folders of them.
        package var recipes: [Located<String>]
        /// Folders of the project's own pipelines.
        package var pipelines: [String]
        /// Seconds between two looks at upstream.
        package var upstreamInterval: Int

        package init(
            repository: String, forms: [Form], recipes: [Located<String>], pipelines: [String],
            upstreamInterval: Int
        ) {
            self.repository = repository
            self.forms = forms
            self.recipes = recipes
            self.pipelines = pipelines
            self.upstreamInterval = upstreamInterval
        }
    }

    /// The file as the user named it.
    package var file: String
    package var destination: Destination
    /// The signing key's file, relative to the configuration or absolute.
    package var key: Located<String>
    /// Seconds between two looks at the repositories.
    package var interval: Int
    package var images: [Located<Image>]
    /// Nil where it builds no packages.
    package var packages: Packages?

    package init(
        file: String, destination: Destination, key: Located<String>, interval: Int, images: [Located<Image>]
    ) {
        self.file = file
        self.destination = destination
        self.key = key
        self.interval = interval
        self.images = images
    }
}
