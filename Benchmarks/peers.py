# SPDX-License-Identifier: Apache-2.0
"""What people use otherwise, on the same packages."""
import os
import shutil

from measure import run, text
from scene import KEYRING


def repository(scene):
    """The very packages of the image as an apt repository. Without their relations, so that apt takes no others."""
    root = scene.path("peer")
    binary = f"{root}/dists/trixie/main/binary-amd64"
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(binary)
    with open(f"{binary}/Packages", "w") as index:
        for package in scene.packages("image"):
            name = f"{package['name']}.deb"
            os.link(scene.path("debs", name), f"{root}/{name}")
            index.write(f"Package: {package['name']}\nVersion: {package['version']}\nArchitecture: {package['architecture']}\n"
                        f"Filename: {name}\nSize: {package['size']}\nSHA256: {package['digest'].removeprefix('sha256:')}\n"
                        "Maintainer: Somebody\nDescription: one of the image's packages\n\n")
    run(["sh", "-c", "cd dists/trixie && file=main/binary-amd64/Packages && printf "
         "'Suite: trixie\\nCodename: trixie\\nArchitectures: amd64\\nComponents: main\\nDate: %s\\nSHA256:\\n %s %s %s\\n' "
         "\"$(date -uR)\" $(sha256sum <$file | cut -d' ' -f1) $(stat -c %s $file) $file >Release"], cwd=root)
    return f"deb [trusted=yes] copy://{root} trixie main"


def extract(scene, line):
    """mmdebstrap unpacks them and writes a gzip archive."""
    names = ",".join(package["name"] for package in scene.packages("image"))
    return run(["mmdebstrap", "--quiet", "--variant=extract", "--architectures=amd64", f"--include={names}", "trixie",
                scene.path("peer.tar.gz"), line], cwd=scene.work)


class Apt:
    """apt with a root of its own and nothing installed: what it takes to decide the same question."""

    def __init__(self, scene):
        self.scene, self.root = scene, scene.path("apt")
        shutil.rmtree(self.root, ignore_errors=True)
        for directory in ("etc/apt/apt.conf.d", "etc/apt/preferences.d", "var/lib/apt/lists/partial",
                          "var/cache/apt/archives/partial", "var/lib/dpkg"):
            os.makedirs(f"{self.root}/{directory}")
        open(f"{self.root}/var/lib/dpkg/status", "w").close()
        with open(f"{self.root}/etc/apt/sources.list", "w") as file:
            file.write(f"deb [signed-by={KEYRING}] {scene.mirror} trixie main\n")
        self.options = ["-q", "-o", f"Dir={self.root}", "-o", f"Dir::State::status={self.root}/var/lib/dpkg/status",
                        "-o", "APT::Architecture=amd64", "-o", "APT::Architectures::=amd64",
                        "-o", "APT::Sandbox::User=root", "-o", "Acquire::Languages=none"]
        self.update()

    def update(self):
        return run(["apt-get", *self.options, "update"], cwd=self.scene.work)

    def simulate(self):
        return run(["apt-get", *self.options, "install", "--no-install-recommends", "-s", *self.scene.sets["image"]],
                   cwd=self.scene.work)

    def without(self):
        """Nothing known of the repository: lists and their cache are made again."""
        shutil.rmtree(f"{self.root}/var")
        for directory in ("var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/lib/dpkg"):
            os.makedirs(f"{self.root}/{directory}")
        open(f"{self.root}/var/lib/dpkg/status", "w").close()
        return run(["sh", "-c", 'update=$1; shift; $update && "$@"', "sh",
                    " ".join(["apt-get", *self.options, "update"]), "apt-get", *self.options, "install",
                    "--no-install-recommends", "-s", *self.scene.sets["image"]], cwd=self.scene.work)


def versions():
    """Of the tools beside Slipway, for the record."""
    names = ["dpkg", "libdeflate-tools", "openssl", "mmdebstrap", "apt", "xz-utils"]
    lines = text(["dpkg-query", "-W", "-f", "${Package} ${Version}\n", *names]).split("\n")
    return ", ".join(line for line in lines if line)
