// SPDX-License-Identifier: Apache-2.0

/// What an image without maintainer scripts may leave out, must add, and takes for given. Curated; data only.
package struct DebianRules: Sendable {
    /// A package that is left out where something depends on it, and why that is right.
    package struct Drop: Sendable {
        package let name: String
        /// Only where one of these depends on it; a final `*` stands for any end; empty for everybody.
        package let wantedBy: [String]
        /// Packages that must come in all the same: what the left-out one would have worked on.
        package let needs: [String]
        /// A sentence for people.
        package let reason: String

        package init(_ name: String, wantedBy: [String] = [], needs: [String] = [], _ reason: String) {
            self.name = name
            self.wantedBy = wantedBy
            self.needs = needs
            self.reason = reason
        }
    }

    /// A package of which only some files are used.
    package struct DataOnly: Sendable {
        package enum When: Sendable, Equatable {
            /// In every image that has packages.
            case always
            /// In every image that has the named package.
            case beside(String)
            /// Where one of these depends on it and nothing else does; a final `*` stands for any end.
            case wantedBy([String])
        }

        package let name: String
        package let when: When
        package let reason: String

        package init(_ name: String, _ when: When, _ reason: String) {
            self.name = name
            self.when = when
            self.reason = reason
        }
    }

    /// A package that every image with packages has.
    package struct Always: Sendable {
        package let name: String
        package let reason: String

        package init(_ name: String, _ reason: String) {
            self.name = name
            self.reason = reason
        }
    }

    package var drops: [Drop]
    package var dataOnly: [DataOnly]
    package var always: [Always]
    /// Names that count as installed in any version: the image's own layout stands for them.
    package var assumed: Set<String>

    package init(drops: [Drop], dataOnly: [DataOnly], always: [Always], assumed: Set<String>) {
        self.drops = drops
        self.dataOnly = dataOnly
        self.always = always
        self.assumed = assumed
    }

    /// The rules for images.
    package static let images = DebianRules(
        drops: droppedPackages, dataOnly: dataOnlyPackages, always: alwaysInstalled,
        assumed: ["usr-is-merged"])

    /// No rules at all: the whole closure, as a full system would have it.
    package static let none = DebianRules(drops: [], dataOnly: [], always: [], assumed: [])

    /// Why only data of a package is used, by its name.
    var reasonsForData: [String: String] {
        Dictionary(dataOnly.map { ($0.name, $0.reason) }, uniquingKeysWith: { first, _ in first })
    }
}
