// SPDX-License-Identifier: Apache-2.0

import Fetching
import TestHouse
import Testing
import Vocabulary

/// What broken mirrors and networks do. What passes is repeated, what does not is an error.
@Suite struct MirrorFaultTests {
    static let faults: [(String, script: String, kind: String?)] = [
        ("a good mirror", "", nil),
        ("busy once", "Packages.xz status=503 ok", nil),
        ("busy for ever", "Packages.xz status=503", "unreachable"),
        ("index cut off once", "Packages.xz truncate=30 ok", nil),
        ("index cut off for ever", "Packages.xz truncate=30", "unreachable"),
        ("connection lost once", "InRelease reset ok", nil),
        ("connection lost for ever", "InRelease reset", "unreachable"),
        ("silence in the middle of the index", "Packages.xz stall=30", "unreachable"),
        ("silence once", "Packages.xz stall=30 ok", nil),
        ("a flipped bit in the index once", "Packages.xz flip=50 ok", nil),
        ("a flipped bit in the index for ever", "Packages.xz flip=50", "mismatch"),
        ("a flipped bit in the release", "InRelease flip=100", "unverified"),
        ("an endless index", "Packages.xz oversize=9000000", "mismatch"),
        ("an endless release", "InRelease oversize=20000000", "unreachable"),
        ("an index of one byte less", "Packages.xz short", "mismatch"),
        ("redirected in a circle", "InRelease loop", "unreachable"),
        ("redirected once", "InRelease to=/dists/trixie/InRelease ok", nil),
        ("index gone once: mirror in flux", "Packages.xz absent ok", nil),
        ("index gone", "Packages.xz absent", "absent"),
        ("forbidden", "InRelease status=403", "unreachable"),
        ("release of the update, index of before", "Packages.xz old=before/Packages.xz ok", nil),
    ]

    @Test(arguments: faults) func fault(_ name: String, script: String, kind: String?) async throws {
        let repository = try LocalRepository()
        try repository.add("alpha", "1.0-1")
        try repository.publish(["BY_HASH": "no"])
        try repository.sh(
            "mkdir public/before; cp public/dists/trixie/main/binary-amd64/Packages.xz public/before")
        try repository.add("beta", "1.0-1")
        try repository.publish(["BY_HASH": "no"])
        let mirror = try BadMirror(serving: repository.directory, script: script)
        try await FetchingHouse.with { house in
            let refusal = await house.refusal(repository, at: mirror.url)
            #expect(refusal?.kind == kind, "\(name): \(refusal?.sentence ?? "accepted")")
            if let refusal {
                #expect(refusal.sentence.contains("\(mirror.url)/dists/trixie/"), "\(refusal.sentence)")
            } else {
                let packages = try await house.refresh(repository, at: mirror.url).packages
                #expect(packages == ["alpha 1.0-1", "beta 1.0-1"])
            }
        }
    }

    @Test func mirrorInFluxIsReadAgainAndSaidSo() async throws {
        let repository = try LocalRepository()
        try repository.add("alpha", "1.0-1")
        try repository.publish(["BY_HASH": "no"])
        let mirror = try BadMirror(serving: repository.directory, script: "Packages.xz flip=50 ok")
        try await FetchingHouse.with { house in
            let snapshot = try await house.refresh(repository, at: mirror.url)
            #expect(snapshot.diagnostics.map(\.code.rawValue) == ["mirror-changing"])
            let asked = try mirror.requests().map { $0.split(separator: "/").last }
            #expect(asked == ["InRelease", "Packages.xz", "InRelease", "Packages.xz"])
        }
    }

    @Test func nobodyListens() async throws {
        let repository = try LocalRepository()
        try repository.publish()
        try await FetchingHouse.with { house in
            let refusal = await house.refusal(repository, at: "http://127.0.0.1:1")
            #expect(refusal?.kind == "unreachable")
        }
    }
}
