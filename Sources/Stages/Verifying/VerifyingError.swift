// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Why no verdict could be formed. What a check says no to is in the verdict, never here.
package enum VerifyingError: Error, Equatable, CustomStringConvertible {
    case emptyKey(what: String)
    case privateKey(what: String)
    case unreadableKey(what: String, reason: String)
    case unreadableImage(String, reason: String)
    case tooManyReferrers(Digest, count: Int, limit: Int)

    package var description: String {
        switch self {
        case .emptyKey(let what):
            "\(what) is empty, and nothing is verified by no key; give the signer's public key"
        case .privateKey(let what):
            "\(what) holds a private key; give the public one beside it (slipway key generate writes both)"
        case .unreadableKey(let what, let reason):
            "\(what) is no P-256 public key (\(reason)); expected PEM with PUBLIC KEY, as slipway key generate writes"
        case .unreadableImage(let reference, let reason): "\(reference) could not be read: \(reason)"
        case .tooManyReferrers(let subject, let count, let limit):
            "\(subject) has \(count) referrers; at most \(limit) are read, so that nobody hides evidence among them"
        }
    }
}
