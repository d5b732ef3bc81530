// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension Diagnostic.Code {
    static let repositoryUnsigned = Self(rawValue: "repository-unsigned")
    static let mirrorChanging = Self(rawValue: "mirror-changing")
    static let chainNotChecked = Self(rawValue: "chain-not-checked")
}

extension Diagnostic {
    /// An unsigned repository was accepted because somebody asked for that.
    static func unsigned(_ line: String, at place: SourceLocation) -> Diagnostic {
        Diagnostic(
            .warning, .repositoryUnsigned,
            "'\(line)' is NOT SIGNED and was accepted because of --allow-unsigned: anybody between here and the mirror "
                + "could have changed every package of it", at: place)
    }
}

/// What a witness says of a repository that was accepted unsigned.
enum Relaxation {
    static let unsigned = "unsigned, accepted by --allow-unsigned"
}
