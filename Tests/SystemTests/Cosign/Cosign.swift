// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing

/// Debian's cosign binaries, unpacked once into the build directory by Scripts/cosign.sh; nil where the machine's
/// mirror does not have them.
struct Cosign: Sendable, CustomTestStringConvertible {
    let version: Int
    let path: String
    var testDescription: String { "cosign \(version)" }

    static let two = Cosign(2)
    static let three = Cosign(3)
    static let all = [two, three].compactMap { $0 }

    private static let directory: String = {
        // Tests/SystemTests/Cosign/Cosign.swift → the project's root.
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(
            separator: "/")
        let directory = "\(root)/.build/cosign"
        _ = try? Tool.sh("'\(root)/Scripts/cosign.sh' '\(directory)'", in: "/")
        return directory
    }()

    private init?(_ version: Int) {
        path = "\(Self.directory)/cosign-\(version)"
        self.version = version
        guard (try? Tool.sh("test -x '\(path)'", in: "/")) != nil else { return nil }
    }

    /// `verify-attestation` of one image by a public key's file.
    func verifyAttestation(
        _ type: String, of image: String, by key: String
    ) throws -> (accepted: Bool, output: String) {
        let scratch = try Scratch()
        // cosign 2 reads bundles only where it is told what to trust; nothing is.
        let old = version == 2 ? "--new-bundle-format --trusted-root root.json" : ""
        try scratch.write(
            Array(#"{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}"#.utf8),
            to: "root.json")
        return run(
            "verify-attestation --key '\(key)' --insecure-ignore-tlog=true \(old) --type \(type) \(image)",
            in: scratch)
    }

    /// What the program said, and whether it exited with 0. It has a home of its own, and a proxy that is not there:
    /// whatever it verifies, it verifies without the network.
    func run(_ arguments: String, in scratch: Scratch) -> (accepted: Bool, output: String) {
        let environment =
            "COSIGN_PASSWORD= HOME='\(scratch.path)' TUF_ROOT='\(scratch.path)/tuf' HTTPS_PROXY=http://127.0.0.1:9 NO_PROXY=127.0.0.1"
        do {
            return (
                true, String(decoding: try scratch.sh("\(environment) '\(path)' \(arguments)"), as: UTF8.self)
            )
        } catch {
            return (false, "\(error)")
        }
    }
}
