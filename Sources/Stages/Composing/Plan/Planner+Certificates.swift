// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

extension Planner {
    /// Puts the definition's certificates, and those of the packages that provide one of its `providers`, into every
    /// store that the image has; then a checksum beside each store, for tools that look for changes.
    mutating func addCertificates() throws(ComposingError) {
        let certificates = try ownCertificates() + providedCertificates()
        if !certificates.isEmpty {
            for bundle in CertificateStores.bundles.compactMap({ ImagePath($0) }) {
                guard let bytes = content(at: bundle) else { continue }
                let end: [UInt8] = bytes.isEmpty || bytes.last == 0x0A ? [] : [0x0A]
                rewrite(bundle, bytes + end + certificates.flatMap { $0.pem + [0x0A] })
            }
            for path in CertificateStores.keyStores.compactMap({ ImagePath($0) }) {
                guard let bytes = content(at: path) else { continue }
                guard var store = JavaKeyStore(decoding: bytes) else {
                    warn(
                        .certificateUnread,
                        "\(path) is no key store of the type JKS with the usual password; it goes without "
                            + "the certificates of the definition")
                    continue
                }
                for certificate in certificates { store.add(certificate.der, alias: certificate.alias) }
                rewrite(path, store.encode())
            }
        }
        try addChecksums()
    }

    private mutating func ownCertificates() throws(ComposingError) -> [CertificateStores.Certificate] {
        var found: [CertificateStores.Certificate] = []
        for item in definition.certificates.additional {
            let ders = JavaKeyStore.certificates(in: Array(item.value.content.utf8))
            guard ders.count == 1 else {
                throw .definition(
                    item.location,
                    reason: "the certificate '\(item.value.name)' must be one PEM block; it has \(ders.count)"
                )
            }
            var certificate = CertificateStores.Certificate(der: ders[0], alias: "")
            certificate.alias = "\(item.value.name)-\(certificate.fingerprint)"
            guard let path = ImagePath("\(CertificateStores.directory)/\(certificate.alias).crt") else {
                throw .definition(item.location, reason: "'\(item.value.name)' is no file's name")
            }
            try put(certificate.pem, at: map(path), rule: "certificates")
            if !found.contains(where: { $0.der == certificate.der }) { found.append(certificate) }
        }
        return found
    }

    private mutating func providedCertificates() -> [CertificateStores.Certificate] {
        let wanted = Set(definition.certificates.providers.map(\.value))
        guard !wanted.isEmpty else { return [] }
        var files: [(path: ImagePath, bytes: [UInt8])] = []
        for input in inputs where !wanted.isDisjoint(with: input.table.provides) {
            for (path, bytes) in input.table.captured
            where path.text.hasPrefix(CertificateStores.directory + "/")
                && [".crt", ".pem"].contains(where: path.text.hasSuffix)
            {
                files.append((path, bytes))
            }
        }
        var found: [CertificateStores.Certificate] = []
        for (path, bytes) in files.sorted(by: { $0.path < $1.path }) {
            let ders = JavaKeyStore.certificates(in: bytes)
            if ders.isEmpty {
                warn(.certificateUnread, "\(path) holds no PEM certificate and is not taken over")
            }
            for der in ders where !found.contains(where: { $0.der == der }) {
                var certificate = CertificateStores.Certificate(der: der, alias: "")
                certificate.alias = "pkg-\(certificate.fingerprint)"
                found.append(certificate)
            }
        }
        return found
    }

    /// sha256sum(1)'s form, read-only.
    private mutating func addChecksums() throws(ComposingError) {
        for path in (CertificateStores.bundles + CertificateStores.keyStores).compactMap({ ImagePath($0) }) {
            guard let node = tree.resolve(path.absolute), let digest = node.file.digest,
                let beside = path.parent?.appending(".\(path.name).sha256").map(map)
            else { continue }
            try put(
                Array("\(digest.hex)  \(path.name)\n".utf8), at: beside, mode: 0o444, rule: "certificates")
        }
    }
}
