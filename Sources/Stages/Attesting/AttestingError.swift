// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Why nothing was signed.
package enum AttestingError: Error, Equatable, CustomStringConvertible {
    case emptyKey(what: String)
    case encryptedKey(what: String)
    case unreadableKey(what: String, reason: String)
    case signingFailed(String)
    case missingBillOfMaterials(Digest)
    case missingTestReport(Digest)
    case missingLock(Architecture)
    case encoding(String)

    package var description: String {
        switch self {
        case .emptyKey(let what): "\(what) is empty; make a key with: slipway key generate"
        case .encryptedKey(let what):
            "\(what) holds an encrypted key, which this version does not read; give it an unencrypted P-256 key, "
                + "as slipway key generate writes"
        case .unreadableKey(let what, let reason):
            "\(what) is no P-256 private key (\(reason)); expected PEM with PRIVATE KEY or EC PRIVATE KEY, as "
                + "slipway key generate writes"
        case .signingFailed(let reason): "signing failed: \(reason)"
        case .missingBillOfMaterials(let manifest):
            "no bill of materials was handed over for the manifest \(manifest)"
        case .missingTestReport(let manifest): "no test report was handed over for the manifest \(manifest)"
        case .missingLock(let architecture):
            "the lock has no packages for \(architecture); resolve again: slipway lock"
        case .encoding(let reason): "a statement could not be written: \(reason)"
        }
    }
}
