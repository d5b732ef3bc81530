// SPDX-License-Identifier: Apache-2.0

/// What the advisories say about an inventory. Never empty by accident: what was not covered is counted and named.
package struct Findings: Sendable, Equatable, Codable {
    package struct Finding: Sendable, Equatable, Codable {
        /// The CVE where one is known, else the record's own id.
        package var id: String
        /// Other names of the same record.
        package var aliases: [String]
        package var package: PackageName
        package var version: String
        package var sourceName: PackageName
        package var sourceVersion: String
        /// The lowest version that has the fix, where there is one.
        package var fixedIn: String?
        package var severity: String?
        package var summary: String?

        package init(
            id: String, aliases: [String], package: PackageName, version: String, sourceName: PackageName,
            sourceVersion: String, fixedIn: String?, severity: String?, summary: String?
        ) {
            self.id = id
            self.aliases = aliases
            self.package = package
            self.version = version
            self.sourceName = sourceName
            self.sourceVersion = sourceVersion
            self.fixedIn = fixedIn
            self.severity = severity
            self.summary = summary
        }
    }

    /// A package about which the records say nothing either way, and why.
    package struct Uncovered: Sendable, Equatable, Codable {
        package var package: PackageName
        package var version: String
        package var sourceName: PackageName
        package var reason: String

        package init(package: PackageName, version: String, sourceName: PackageName, reason: String) {
            self.package = package
            self.version = version
            self.sourceName = sourceName
            self.reason = reason
        }
    }

    /// What the image says it is ("debian 13"), nil where it says nothing that is known.
    package var distribution: String?
    /// What the records declare that they cover, as text, and as of when.
    package var coverage: String?
    package var completeAsOf: Timestamp?
    package var packagesScanned: Int
    /// Sorted by id and package.
    package var findings: [Finding]
    package var uncovered: [Uncovered]
    package var diagnostics: [Diagnostic]

    package init(
        distribution: String?, coverage: String?, completeAsOf: Timestamp?, packagesScanned: Int,
        findings: [Finding],
        uncovered: [Uncovered], diagnostics: [Diagnostic]
    ) {
        self.distribution = distribution
        self.coverage = coverage
        self.completeAsOf = completeAsOf
        self.packagesScanned = packagesScanned
        self.findings = findings
        self.uncovered = uncovered
        self.diagnostics = diagnostics
    }

    /// True only where there were packages and every one was covered by records that say so. Not complete and no
    /// finding is exit code 3, never 0: what was not looked at is not clean.
    package var isComplete: Bool {
        distribution != nil && coverage != nil && uncovered.isEmpty && packagesScanned > 0
    }
}
