// SPDX-License-Identifier: Apache-2.0

/// What whoever packs a folder says of the package: the decoded metadata file of `slipway apk pack`.
package struct PackageMetadata: Sendable, Equatable {
    /// What the package asks for and offers, each text as the family's own tools spell it (`so:libc.so.6`,
    /// `name>=1.2`, `!other`).
    package struct Dependencies: Sendable, Equatable {
        package var runtime: [String] = []
        package var provides: [String] = []
        package var replaces: [String] = []
        package var installIf: [String] = []
        /// 0 is none.
        package var providerPriority: UInt32 = 0
        /// 0 is none.
        package var replacesPriority: UInt32 = 0
        /// What a .deb asks for in place of `runtime`, in Debian's words (`libssl3t64 (>= 3.0)`); nil translates that.
        package var deb: [String]?

        package init() {}
    }

    /// When a package manager runs a script. Slipway itself never does.
    package enum ScriptKind: String, Sendable, CaseIterable {
        case preInstall = "pre-install"
        case postInstall = "post-install"
        case preUpgrade = "pre-upgrade"
        case postUpgrade = "post-upgrade"
        case preDeinstall = "pre-deinstall"
        case postDeinstall = "post-deinstall"
        case trigger
    }

    package var name: PackageName
    /// With the release: `1.0.0-r0`.
    package var version: String
    /// As the family calls it: `x86_64`, `noarch`.
    package var architecture: String
    /// One line.
    package var description: String
    package var url: String = ""
    /// An SPDX expression.
    package var license: String = ""
    /// The package that this one was made together with; nil for itself.
    package var origin: String?
    package var maintainer: String?
    package var dependencies = Dependencies()
    /// Whole texts, `#!` line included.
    package var scripts: [ScriptKind: String] = [:]
    /// Absolute paths and patterns whose change runs the trigger.
    package var triggerPaths: [String] = []

    package init(name: PackageName, version: String, architecture: String, description: String) {
        self.name = name
        self.version = version
        self.architecture = architecture
        self.description = description
    }
}
