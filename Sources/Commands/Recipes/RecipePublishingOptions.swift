// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// In which forms a recipe's packages are published, and with what they are signed.
struct RecipePublishingOptions: ParsableArguments {
    /// What people may ask for.
    enum Form: String, ExpressibleByArgument, CaseIterable { case apk, deb }

    @Option(
        help:
            "The packages' form, apk or deb; may be given several times. It is no matter of the recipe: one build gives both."
    )
    var format: [Form] = [.apk]

    @Option(help: "The suite that lists .deb packages: a folder below dists.")
    var suite = "stable"

    @Option(help: "The key that signs the suite's release, as gpg knows it, by fingerprint or address.")
    var gpgKey: String?

    @Option(help: "gpg's own folder; GNUPGHOME or ~/.gnupg where not given.", completion: .directory)
    var gpgHome: String?

    @Flag(help: "A published package may become another one of the same version.")
    var replace = false

    @Option(
        help:
            "The private P-256 key (slipway key generate) that signs each package's provenance; what it was built from is kept beside.",
        completion: .file(extensions: ["key"]))
    var provenanceKey: String?

    @Option(help: "Whose packages they are, as their URLs in bills of materials say (pkg:apk/NAMESPACE/…).")
    var namespace = "unknown"

    @OptionGroup var signing: PackageSigningOptions

    func validate() throws {
        guard !namespace.isEmpty, namespace.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ValidationError("--namespace is '\(namespace)'; it is one word")
        }
        if gpgHome != nil, gpgKey == nil {
            throw ValidationError("--gpg-home says where a key is, and no --gpg-key is given")
        }
    }

    /// Each once, in the order in which they were asked for.
    func forms() throws -> [PackageForm] {
        var forms: [PackageForm] = []
        for form in format where !forms.contains(where: { $0.name == form.rawValue }) {
            switch form {
            case .apk: forms.append(.apk(try signing.signing()))
            case .deb:
                forms.append(
                    .deb(suite: suite, gpgKey: gpgKey, gpgHome: gpgHome.map { HostPath($0) }))
            }
        }
        return forms
    }
}
