// SPDX-License-Identifier: Apache-2.0

/// What stands beside one manifest or index, whatever form it is stored in: read, not trusted.
package struct FoundEvidence: Sendable, Equatable {
    /// A bundle that refers to the subject.
    package struct Bundle: Sendable, Equatable {
        /// Where it was found: `referrer sha256:…`.
        package var place: String
        package var bytes: [UInt8]

        package init(place: String, bytes: [UInt8]) {
            self.place = place
            self.bytes = bytes
        }
    }

    /// A simple signature under the subject's `.sig` tag.
    package struct Simple: Sendable, Equatable {
        package var place: String
        package var payload: [UInt8]
        /// Base64.
        package var signature: String

        package init(place: String, payload: [UInt8], signature: String) {
            self.place = place
            self.payload = payload
            self.signature = signature
        }
    }

    /// Evidence that is there and could not be read: missing blobs, wrong digests, malformed manifests.
    package struct Damage: Sendable, Equatable {
        package var place: String
        package var reason: String

        package init(place: String, reason: String) {
            self.place = place
            self.reason = reason
        }
    }

    package var bundles: [Bundle]
    package var simpleSignatures: [Simple]
    package var damage: [Damage]

    package init(bundles: [Bundle] = [], simpleSignatures: [Simple] = [], damage: [Damage] = []) {
        self.bundles = bundles
        self.simpleSignatures = simpleSignatures
        self.damage = damage
    }
}
