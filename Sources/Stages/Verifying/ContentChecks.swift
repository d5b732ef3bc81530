// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The bytes of one platform's image against the digests that name them.
struct ContentChecks {
    let descriptor: Descriptor
    let reader: EvidenceReader

    static let layerLimit = 1000
    static let configurationLimit = 4 << 20

    /// - Returns: the checks, and the platform that the configuration states.
    func run(_ bytes: EvidenceReader.Reading<[UInt8]>) async throws -> ([Verdict.Check], Platform?) {
        let manifest: ImageManifest
        switch bytes {
        case .damaged(let reason):
            return ([check("manifest", "a manifest of \(descriptor.size) bytes", reason)], nil)
        case .read(let bytes):
            if let problem = ManifestShape.problem(bytes, as: descriptor.mediaType) {
                return ([check("manifest", "an image manifest", problem)], nil)
            }
            do throws(CanonicalJSON.ReadError) {
                manifest = try CanonicalJSON.decode(from: bytes, what: "the manifest")
            } catch { return ([check("manifest", "an image manifest", error.description)], nil) }
        }
        guard manifest.layers.count <= Self.layerLimit else {
            return ([check("manifest", "at most \(Self.layerLimit) layers", "\(manifest.layers.count)")], nil)
        }
        let (platform, problem) = try await self.platform(manifest)
        let expected = "an image manifest\(descriptor.platform.map { " for \($0)" } ?? "")"
        let first = check(
            "manifest", expected, problem,
            fine: "\(platform.map { "\($0), " } ?? "")\(manifest.layers.count) layers")
        return ([first, try await content(manifest)], platform)
    }

    /// What the configuration says the image runs on, and how that differs from what the index says.
    private func platform(_ manifest: ImageManifest) async throws -> (Platform?, problem: String?) {
        switch try await reader.blob(manifest.config, limit: Self.configurationLimit) {
        case .damaged(let reason): return (descriptor.platform, "its configuration: \(reason)")
        case .read(let bytes):
            do throws(CanonicalJSON.ReadError) {
                let configuration: ImageConfiguration = try CanonicalJSON.decode(
                    from: bytes, what: "the configuration")
                let stated = Platform(
                    os: configuration.os, architecture: configuration.architecture,
                    variant: configuration.variant)
                if let listed = descriptor.platform,
                    listed.os != stated.os || listed.architecture != stated.architecture
                {
                    return (stated, "its configuration says \(stated)")
                }
                return (stated, nil)
            } catch { return (descriptor.platform, error.description) }
        }
    }

    /// Every byte of the configuration and of every layer.
    private func content(_ manifest: ImageManifest) async throws -> Verdict.Check {
        var damage: [String] = []
        var bytes: Int64 = 0
        let blobs = [manifest.config] + manifest.layers
        for blob in blobs {
            bytes += max(0, blob.size)
            if let reason = try await reader.damage(in: blob) { damage.append(reason) }
        }
        return check(
            "content", "\(blobs.count) blobs, \(bytes) bytes, as their digests say",
            damage.isEmpty ? nil : damage.joined(separator: "; "), fine: "all read, all equal")
    }

    private func check(_ name: String, _ expected: String, _ problem: String?, fine: String = "")
        -> Verdict.Check
    {
        Verdict.Check(
            name, subject: descriptor.digest, outcome: problem == nil ? .passed : .failed, expected: expected,
            found: problem ?? fine)
    }
}
