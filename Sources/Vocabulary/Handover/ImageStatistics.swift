// SPDX-License-Identifier: Apache-2.0

/// What of an inventory can be counted and compared.
package struct ImageStatistics: Sendable, Equatable, Codable {
    /// What the advisories found, and whether they could tell.
    package struct Findings: Sendable, Equatable, Codable {
        /// Vulnerabilities, each counted once however many packages have it.
        package var vulnerabilities: Int
        /// Packages about which nothing is known.
        package var uncovered: Int
        package var isComplete: Bool

        package init(vulnerabilities: Int, uncovered: Int, isComplete: Bool) {
            self.vulnerabilities = vulnerabilities
            self.uncovered = uncovered
            self.isComplete = isComplete
        }
    }

    /// Where a time of creation comes from.
    package enum CreatedSource: String, Sendable, Codable {
        /// The end of the build that the image's provenance tells of.
        case provenance
        /// The configuration's `created`: in reproducible images that of the newest file.
        case configuration
    }

    /// As the user named the image.
    package var name: String
    package var platform: Platform
    package var manifest: Digest
    /// Bytes of the compressed layers; nil where there are none.
    package var compressedSize: Int64?
    package var uncompressedSize: Int64
    package var packages: Int
    /// Everything but directories.
    package var files: Int
    /// Paths of shells, of programs that contain one, of package managers, and of files that run as their owner.
    package var shells: [String]
    package var packageManagers: [String]
    package var privileged: [String]
    /// When it was built or, where nothing says so, what time its configuration bears; nil where neither is known.
    package var created: Timestamp?
    package var createdSource: CreatedSource?
    /// "debian 13".
    package var distribution: String?
    /// Nil where it was not scanned.
    package var findings: Findings?

    /// Counts an inventory. `built` is the end of the build by its provenance, where there is one.
    package init(
        name: String, _ inventory: ImageInventory, findings: Vocabulary.Findings? = nil,
        built: Timestamp? = nil
    ) {
        self.name = name
        platform = inventory.platform
        manifest = inventory.manifest.digest
        compressedSize = inventory.compressedSize
        uncompressedSize = inventory.uncompressedSize
        packages = inventory.packages.count
        files = inventory.files.count { $0.kind != .directory }
        shells = Self.programs(ProgramNames.shells, in: inventory)
        packageManagers = Self.programs(ProgramNames.packageManagers, in: inventory)
        privileged = inventory.files.filter {
            $0.kind != .directory && $0.kind != .symlink && $0.mode & 0o6000 != 0
        }
        .map(\.path.absolute)
        created = built ?? inventory.configuration.created.flatMap { Timestamp($0) }
        createdSource = built != nil ? .provenance : created != nil ? .configuration : nil
        distribution = inventory.operatingSystem.map { $0.id + ($0.versionID.map { " \($0)" } ?? "") }
        self.findings = findings.map {
            Findings(
                vulnerabilities: Set($0.findings.map(\.id)).count,
                uncovered: $0.uncovered.count, isComplete: $0.isComplete)
        }
    }

    /// Files of these names that can be run, or links of these names, in directories of programs.
    private static func programs(_ names: Set<String>, in inventory: ImageInventory) -> [String] {
        inventory.files.filter { file in
            guard names.contains(String(file.path.name)), file.kind != .directory else { return false }
            guard let directory = file.path.parent?.name, directory == "bin" || directory == "sbin" else {
                return false
            }
            return file.kind == .symlink || file.mode & 0o111 != 0
        }.map(\.path.absolute)
    }
}

/// Programs by which an intruder works, or by which an image becomes another one.
private enum ProgramNames {
    static let shells: Set<String> = [
        "sh", "ash", "bash", "csh", "dash", "elvish", "fish", "ksh", "ksh93", "loksh", "lksh", "mksh", "nu",
        "oksh", "osh",
        "posh", "pwsh", "rbash", "rksh", "rzsh", "sash", "tcsh", "xonsh", "yash", "zsh", "busybox", "toybox",
        "klibc",
    ]
    /// Of systems, not of languages: pip is a library to many images.
    static let packageManagers: Set<String> = [
        "apk", "apt", "apt-get", "aptitude", "brew", "dnf", "dnf5", "dpkg", "emerge", "eopkg", "guix", "ipkg",
        "microdnf",
        "nix", "nix-env", "opkg", "pacman", "rpm", "slackpkg", "swupd", "tdnf", "urpmi", "xbps-install",
        "yum", "zypper",
    ]
}
