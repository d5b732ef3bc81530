// SPDX-License-Identifier: Apache-2.0

import Pipeline
import Storage
import TestHouse
import Testing
import Vocabulary

extension EvidenceOfABuild {
    /// The published image in the hands of the programs that people move and run images with.
    @Suite struct Engines {
        @Test(
            "podman pulls it by its tag and runs it: its user, its files, a root that cannot be written to",
            .enabled(
                if: Tool.exists("podman") && Tool.exists("runc") && Tool.exists("busybox"),
                "no podman, runc or busybox here: Scripts/tools.sh installs them"))
        func podman() async throws {
            let build = try SignedBuild.required()
            try await WorkerThreads(count: 1).run {
                let said = try Scratch().sh(
                    """
                    printf '[engine]\\ncgroup_manager="cgroupfs"\\nevents_logger="none"\\n' >containers.conf
                    export CONTAINERS_CONF=$PWD/containers.conf
                    podman() {
                        command podman --root "$PWD/r" --runroot "$PWD/q" --storage-driver vfs --runtime runc "$@"
                    }
                    trap 'podman rmi -f -a >/dev/null 2>&1' EXIT
                    podman pull -q --tls-verify=false \(build.reference)
                    podman run --rm --network none --read-only --read-only-tmpfs=false \
                        --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 \
                        -v "$(command -v busybox):/busybox:ro" --entrypoint /busybox \(build.reference) \
                        sh -c '/busybox id -u; /busybox grep -w VERSION_ID /etc/os-release; /busybox touch /new || echo kept'
                    """)
                let text = String(decoding: said, as: UTF8.self)
                #expect(text.contains("65532\n") && text.contains("VERSION_ID=\"13\""), "\(text)")
                #expect(text.contains("Read-only file system") && text.contains("kept\n"), "\(text)")
            }
        }

        @Test(
            "skopeo copies it to another repository and to a layout, umoci unpacks it",
            .enabled(
                if: Tool.exists("skopeo") && Tool.exists("umoci"),
                "no skopeo or umoci here: Scripts/tools.sh installs them"))
        func skopeoAndUmoci() async throws {
            let build = try SignedBuild.required()
            try await WorkerThreads(count: 1).run {
                let scratch = try Scratch()
                let said = try scratch.sh(
                    """
                    skopeo copy -q --all --preserve-digests --src-tls-verify=false --dest-tls-verify=false \
                        docker://\(build.reference) docker://\(build.registry)/copied:1
                    skopeo inspect --raw --tls-verify=false docker://\(build.registry)/copied:1 | sha256sum
                    skopeo copy -q --override-arch arm64 --src-tls-verify=false \
                        docker://\(build.reference) oci:pulled:1
                    umoci unpack --rootless --image pulled:1 bundle >/dev/null 2>&1
                    ls bundle/rootfs/var/lib/dpkg/status.d | grep -vc md5sums
                    """)
                let text = String(decoding: said, as: UTF8.self)
                #expect(text.hasPrefix(build.outcome.index.hex), "\(text)")
                let packages = try #require(text.split(separator: "\n").last.flatMap { Int($0) })
                #expect(packages > 2 && packages == build.outcome.platforms[1].packages, "\(text)")
            }
        }
    }
}
