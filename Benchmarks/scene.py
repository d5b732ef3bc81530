# SPDX-License-Identifier: Apache-2.0
"""What the figures are taken on: real packages of Debian trixie, downloaded once through this machine's apt
configuration, and copies of them in the forms that floors and peers want."""
import glob
import json
import os
import shutil

from measure import run, text

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SCRIPT = os.path.join(ROOT, "Scripts/local-repository.sh")

# About 1, 300 and 900 MB unpacked. The second has one package of two thirds of its size, the third several large ones.
IMAGE = ["python3", "openjdk-21-jre-headless", "redis-server", "libicu76"]
SETS = {
    "tiny": ["base-files", "netbase"],
    "image": IMAGE,
    "triple": IMAGE + ["libllvm19", "libllvm17t64", "libclang-cpp19", "libclang-cpp17t64", "libclang1-19",
                       "libstd-rust-1.85", "libnode115"],
}
# Re-versioned for "one small package changed".
SMALL = "netbase"


class Scene:
    def __init__(self, work, slipway):
        self.work, self.slipway, self.sets = work, slipway, SETS
        os.makedirs(work, exist_ok=True)
        self.home = self.path("home")

    def path(self, *parts):
        return os.path.join(self.work, *parts)

    def env(self, home=None):
        home = home or self.home
        return {"PATH": os.environ["PATH"], "HOME": home, "XDG_CACHE_HOME": f"{home}/cache", "XDG_DATA_HOME": f"{home}/data"}

    def run(self, *arguments, home=None, accept=0):
        """One process of Slipway."""
        return run([self.slipway, *arguments], env=self.env(home), cwd=self.work, accept=accept)

    def facts(self, *arguments, home=None):
        return json.loads(text([self.slipway, *arguments, "--json", "-q"], env=self.env(home), cwd=self.work))

    def forget(self, *kinds, home=None):
        """Removes kinds of cache entries; a shell's pattern each."""
        for kind in kinds:
            for directory in glob.glob(f"{home or self.home}/cache/slipway/entries/{kind}"):
                shutil.rmtree(directory)

    def lock(self, name):
        with open(self.path(f"{name}.lock.json")) as file:
            return json.load(file)

    def define(self, name, packages, lines=("deb system trixie main",)):
        with open(self.path(f"{name}.yaml"), "w") as file:
            file.write("contents:\n  repositories:\n" + "".join(f"    - {line}\n" for line in lines))
            file.write(f"  packages: [{', '.join(packages)}]\naccounts: {{run-as: nonroot}}\narchs: [amd64]\n")

    def blob(self, digest, home=None):
        return f"{home or self.home}/cache/slipway/blobs/sha256/{digest.removeprefix('sha256:')}"

    # What every figure needs.

    def prepare(self):
        """Locks, packages and layouts of the three sets; the packages as files for the floor."""
        for name, packages in SETS.items():
            self.define(name, packages)
            self.run("lock", f"{name}.yaml")
            self.run("build", f"{name}.yaml", "-o", f"layout-{name}")
        self.mirror = self.make_mirror()
        for package in self.packages("image"):
            os.makedirs(self.path("debs"), exist_ok=True)
            target = self.path("debs", f"{package['name']}.deb")
            if not os.path.exists(target):
                os.link(self.blob(package["digest"]), target)

    def packages(self, name):
        return self.lock(name)["content"]["architectures"][0]["packages"]

    def make_mirror(self):
        """The suite's release file and index as a mirror of one's own: resolving is measured without a network."""
        witness = self.lock("tiny")["witness"]["repositories"][0]
        suite = self.path("mirror/dists/trixie")
        index = witness["indexes"][0]
        target = os.path.join(suite, os.path.dirname(index["path"]), "by-hash/SHA256")
        os.makedirs(target, exist_ok=True)
        shutil.copy(self.blob(witness["signedFiles"][0]["digest"]), f"{suite}/InRelease")
        shutil.copy(self.blob(index["digest"]), f"{target}/{index['digest'].removeprefix('sha256:')}")
        shutil.copy(self.blob(index["digest"]), os.path.join(suite, index["path"]))
        self.index, self.release = os.path.join(suite, index["path"]), f"{suite}/InRelease"
        return f"file://{self.path('mirror')}"

    def layer(self, name):
        """The one layer of a set's layout: file, compressed and uncompressed size."""
        facts = self.facts("build", f"{name}.yaml", "-o", f"layout-{name}")["platforms"][0]
        blobs = self.path(f"layout-{name}/blobs/sha256")
        with open(f"{blobs}/{facts['manifest'].removeprefix('sha256:')}") as file:
            layer = json.load(file)["layers"][0]["digest"]
        return f"{blobs}/{layer.removeprefix('sha256:')}", facts["compressedSize"], facts["uncompressedSize"]
