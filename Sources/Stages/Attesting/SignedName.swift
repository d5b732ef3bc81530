// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// The names that statements and simple signatures give an image. They are for people: every check is by digest.
package struct SignedName: Sendable, Hashable {
    /// `HOST/REPOSITORY` in statements.
    package let subject: String
    /// `HOST/REPOSITORY[:TAG]` in simple signatures: podman wants to see the tag, where there is one.
    package let identity: String

    package init(_ reference: ImageReference) {
        subject = reference.name
        identity = reference.name + (reference.tag.map { ":\($0)" } ?? "")
    }

    /// For an image that has no place in a registry yet.
    package init(local name: String) {
        subject = name
        identity = name
    }
}
