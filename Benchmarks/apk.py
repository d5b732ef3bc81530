# SPDX-License-Identifier: Apache-2.0
"""The figures of the Alpine family: the files of the same real packages, packed as .apk into a repository of one's own,
and a repository of 20,000 small packages."""
import glob
import os
import shutil
import sys

from measure import alternating, run
from scene import ROOT

SMALL = "netbase"
KEY = "packages.rsa"
COUNT = 20_000
GENERATOR = os.path.join(ROOT, "Benchmarks/many_packages.py")


class Repository:
    """The image set's packages as .apk files, with the edges of its lock as dependencies; made once."""

    def __init__(self, scene):
        self.scene = scene
        self.folder = scene.path("apk/x86_64")
        if not os.path.exists(scene.path(KEY)):
            scene.run("key", "generate", "--type", "rsa", "--name", "packages")
        os.makedirs(self.folder, exist_ok=True)
        for package in scene.packages("image"):
            self.pack(package["name"], "1.0-r0", sorted({edge["to"] for edge in package["edges"]}))
        self.index()
        names = "".join(f"    - {name}\n" for name in scene.sets["image"] + [SMALL])
        with open(scene.path("apk.yaml"), "w") as file:
            file.write(f"contents:\n  repositories: [apk]\n  keyring: [{KEY}.pub]\n  packages:\n{names}"
                       "accounts: {run-as: 65532}\narchs: [x86_64]\n")

    def pack(self, name, version, depends=()):
        target = os.path.join(self.folder, f"{name}-{version}.apk")
        if os.path.exists(target):
            return
        scene, tree = self.scene, self.scene.path("apk-tree")
        shutil.rmtree(tree, ignore_errors=True)
        run(["dpkg-deb", "-x", scene.path("debs", f"{name}.deb"), tree], cwd=scene.work)
        with open(scene.path("apk-package.yaml"), "w") as file:
            file.write(f"name: {name}\nversion: {version}\narch: x86_64\ndescription: {name}\n"
                       f"dependencies:\n  runtime: [{', '.join(depends)}]\n")
        scene.run("apk", "pack", tree, "--metadata", "apk-package.yaml", "-o", self.folder)

    def index(self):
        return self.scene.run("apk", "index", self.folder, "--key", KEY)


def figures(scene, runs, Figure, floor_script):
    """Cold, one package changed, nothing changed, resolving, indexing."""
    repository = Repository(scene)
    copy = scene.path("apk-copy")

    def cold():
        scene.forget("builds", "layer", "segment*", "table")
        shutil.rmtree(scene.path("layout-apk"), ignore_errors=True)
        return scene.run("build", "apk.yaml", "-o", "layout-apk")

    def floor():
        shutil.rmtree(scene.path("floor"), ignore_errors=True)
        return run(["bash", floor_script, "apk-layer", repository.folder, scene.path("floor")], cwd=scene.work)

    for old in os.listdir(repository.folder):
        if old.startswith(f"{SMALL}-") and old != f"{SMALL}-1.0-r0.apk":
            os.remove(os.path.join(repository.folder, old))
    repository.index()
    scene.run("lock", "apk.yaml")
    value, least = alternating(runs, cold, floor)
    yield Figure("apk: cold build, packages at hand", value, "s", 1.5 * least, least, None, value / least)

    same = alternating(runs * 3, lambda: scene.run("build", "apk.yaml", "-o", "layout-apk"))[0]
    yield Figure("apk: nothing changed", same, "s", 0.200)

    def without():
        scene.forget("index")
        return scene.run("lock", "apk.yaml")

    yield Figure("apk: resolving", alternating(runs, without)[0], "s", 1.0)

    repository.pack(SMALL, "2.0-r0")
    repository.index()
    scene.run("lock", "apk.yaml")

    def changed():
        shutil.rmtree(copy, ignore_errors=True)
        os.makedirs(copy)
        run(["cp", "-al", scene.home, scene.path("layout-apk"), copy], cwd=scene.work)
        os.sync()
        return scene.run("build", "apk.yaml", "-o", f"{copy}/layout-apk", home=f"{copy}/home")

    facts = scene.facts("build", "apk.yaml", "-o", f"{copy}/layout-facts", home=f"{scene.home}-facts")["platforms"][0]
    aim = 0.150 + 1.2 * (facts["compressedSize"] + facts["uncompressedSize"]) / 1e9
    yield Figure("apk: one small package changed", alternating(runs, changed)[0], "s", aim)
    yield from indexing(scene, runs, Figure)


def indexing(scene, runs, Figure):
    """One package more in a repository of many: against reading all of them."""
    folder = scene.path("many/x86_64")
    make = lambda count, first: run([sys.executable, GENERATOR, folder, str(count), str(first)], cwd=scene.work)
    index, extra = f"{folder}/APKINDEX.tar.gz", f"{folder}/package-{COUNT:05}-*.apk"
    if not os.path.exists(folder) or len(os.listdir(folder)) < COUNT:
        make(COUNT, 0)

    def anew():
        for file in [index, *glob.glob(extra)]:
            if os.path.exists(file):
                os.remove(file)
        scene.forget("package-folders")
        return scene.run("apk", "index", folder, "--key", KEY)

    whole = alternating(1, anew)[0]

    def one_more():
        for file in glob.glob(extra):
            os.remove(file)
            scene.run("apk", "index", folder, "--key", KEY)
        make(1, COUNT)
        return scene.run("apk", "index", folder, "--key", KEY)

    more = alternating(runs, one_more)[0]
    yield Figure(f"apk: index of {COUNT} packages", whole, "s", 10)
    yield Figure(f"apk: one package more among {COUNT}", more, "s", 0.5 * whole, whole, None, more / whole)
