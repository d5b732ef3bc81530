// SPDX-License-Identifier: Apache-2.0

import Distribution
import Storage
import TestHouse
import Testing
import Vocabulary

/// Slipway's registry before the clients that people use.
@Suite struct RealClientTests {
    @Test(.enabled(if: Tool.exists("skopeo"), "no skopeo here: apt-get install skopeo"))
    func skopeo() async throws {
        let scene = try RegistryScene()
        try await scene.serve { client, registry in
            try await scene.workers.run {
                try scene.sh(
                    """
                    skopeo copy -q --all --preserve-digests --dest-tls-verify=false oci:layout:1 docker://\(registry)/a/b:1
                    skopeo copy -q --all --preserve-digests --src-tls-verify=false docker://\(registry)/a/b:1 oci:back:1
                    skopeo copy -q --all --preserve-digests --src-tls-verify=false --dest-tls-verify=false \
                        docker://\(registry)/a/b:1 docker://\(registry)/other:x
                    """)
                let listed = try scene.sh("skopeo list-tags --tls-verify=false docker://\(registry)/a/b")
                #expect(listed.contains(#""1""#))
                let inspected = try scene.sh(
                    "skopeo inspect --raw --tls-verify=false docker://\(registry)/a/b:1")
                #expect(ContentHasher.digest(of: inspected) == scene.root.digest)
                let back = try ImageLayout.open(at: scene.directory.path / "back")
                #expect(try Set(back.blobs.digests()) == scene.digests())
            }
            let reference = try ImageReference("\(registry)/other:x")
            #expect(try await client.resolve(reference)?.digest == scene.root.digest)
            _ = try await scene.workers.run {
                try scene.sh("skopeo delete --tls-verify=false docker://\(registry)/a/b:1")
            }
            #expect(try await client.resolve(ImageReference("\(registry)/a/b:1")) == nil)
        }
    }

    @Test(
        .enabled(if: Tool.exists("podman"), "no podman here: apt-get install --no-install-recommends podman"))
    func podman() async throws {
        let scene = try RegistryScene()
        try await scene.serve { client, registry in
            try await client.pushImage(
                scene.root, from: scene.layout.blobs, to: ImageReference("\(registry)/app:1"))
            try await scene.workers.run {
                try scene.sh(
                    """
                    printf '[engine]\\ncgroup_manager="cgroupfs"\\nevents_logger="none"\\n' >containers.conf
                    export CONTAINERS_CONF=$PWD/containers.conf
                    podman() { command podman --root "$PWD/r" --runroot "$PWD/q" --storage-driver vfs "$@"; }
                    podman pull -q --tls-verify=false \(registry)/app:1
                    podman push -q --tls-verify=false \(registry)/app:1 \(registry)/copy:2
                    id=$(podman create --tls-verify=false \(registry)/app:1 /none)
                    podman export "$id" | tar -xO etc/link etc/architecture >exported
                    podman rmi -f -a
                    """)
                #expect(try scene.sh("cat exported") == "amd64\n")
            }
            #expect(try await client.resolve(ImageReference("\(registry)/copy:2")) != nil)
        }
    }

    @Test(.enabled(if: Tool.exists("umoci"), "no umoci here: apt-get install umoci"))
    func umociUnpacksWhatWasPulled() async throws {
        let scene = try RegistryScene()
        try await scene.serve { client, registry in
            let reference = try ImageReference("\(registry)/app:1")
            try await client.pushImage(scene.root, from: scene.layout.blobs, to: reference)
            // umoci 0.4 takes images, not indexes.
            let source = RegistryImage(reference, client: client)
            let index = try ManifestOutline(try await source.manifest(scene.root), what: "index")
            let child = try #require(index.manifests?.first)
            let layout = try ImageLayout.create(at: scene.directory.path / "pulled")
            try await client.pullImage(reference.at(child.digest), into: layout, tag: .init("one"))
            try await scene.workers.run {
                try scene.sh("umoci unpack --rootless --image pulled:one bundle")
                #expect(try scene.sh("cat bundle/rootfs/etc/link") == "amd64\n")
            }
        }
    }

    @Test(.enabled(if: Tool.exists("curl"), "no curl here: apt-get install curl"))
    func curlIsToldToGoOn() async throws {
        let scene = try RegistryScene()
        try await scene.serve { _, registry in
            try await scene.workers.run {
                try scene.sh("head -c 3000000 /dev/zero >big")
                let digest = "sha256:" + (try scene.sh("sha256sum big | cut -c1-64 | tr -d '\\n'"))
                let said = try scene.sh(
                    """
                    place=$(curl -sS -D- -o/dev/null -X POST http://\(registry)/v2/app/blobs/uploads/ |
                        tr -d '\\r' | sed -n 's/^[Ll]ocation: //p')
                    curl -sSv --expect100-timeout 60 -H 'Expect: 100-continue' -T big \
                        "http://\(registry)$place?digest=\(digest)" 2>&1
                    """)
                // Without the answer curl would wait for a minute, and say that it no longer waits.
                #expect(said.contains("100 Continue") && said.contains("201 Created"))
                #expect(!said.contains("Done waiting"))
                let got = "curl -sS http://\(registry)/v2/app/blobs/\(digest) | cmp - big"
                try scene.sh(got)
            }
        }
    }

    /// cosign signs in the registry: at the `.sig` tag, and as a referrer.
    @Test(.enabled(if: !Cosign.all.isEmpty, "Debian's cosign could not be had"), arguments: Cosign.all)
    func cosign(cosign: Cosign) async throws {
        let scene = try RegistryScene()
        try await scene.serve { client, registry in
            let reference = try ImageReference("\(registry)/app:1")
            try await client.pushImage(scene.root, from: scene.layout.blobs, to: reference)
            let name = "\(reference.name)@\(scene.root.digest)"
            try await scene.workers.run {
                let scratch = try Scratch()
                try scratch.sh("COSIGN_PASSWORD= '\(cosign.path)' generate-key-pair")
                let offline = cosign.version == 2 ? "--tlog-upload=false" : "--signing-config none.json"
                if cosign.version == 3 { try scratch.write(Self.noServices, to: "none.json") }
                let signed = try scratch.sh(
                    "COSIGN_PASSWORD= HOME=$PWD '\(cosign.path)' sign -y --key cosign.key \(offline) \(name)")
                let verified = cosign.run(
                    "verify --key cosign.pub --insecure-ignore-tlog=true \(name)", in: scratch)
                #expect(verified.accepted, "\(verified.output) \(String(decoding: signed, as: UTF8.self))")
            }
            let image = RegistryImage(reference, client: client)
            if cosign.version == 2 {
                #expect(try await image.signatureManifest(of: scene.root.digest) != nil)
            } else {
                let found = try await image.referrers(of: scene.root.digest)
                #expect(found.map(\.artifactType) == [.sigstoreBundle])
                // The registry has a list of referrers, so cosign left no tag behind.
                #expect(try await client.tags(of: reference).map(\.name) == ["1"])
            }
        }
    }

    private static let noServices = Array(
        #"{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json"}"#.utf8)
}
