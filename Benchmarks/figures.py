# SPDX-License-Identifier: Apache-2.0
"""The figures that are promised, each beside its floor and its peer, taken in turn within one run."""
import os
import shutil
import sys
from dataclasses import dataclass

import apk
import monitors
import peers
import recipes
from measure import alternating, run
from scene import KEYRING, ROOT, SCRIPT, SMALL

FLOOR = os.path.join(ROOT, "Benchmarks/floor.sh")


@dataclass
class Figure:
    name: str
    value: float
    unit: str
    aim: float
    """What the value may be at most."""
    floor: float | None = None
    peer: float | None = None
    ratio: float | None = None
    """Value by floor, where the aim is one of that."""

    @property
    def met(self):
        return self.value <= self.aim and (self.peer is None or self.value < self.peer)


def cold(scene, runs):
    """Packages at hand, nothing else done before: against dpkg-deb, libdeflate-gzip and openssl; and mmdebstrap."""
    repository = peers.repository(scene)

    def slipway():
        scene.forget("builds", "layer", "segment*", "table")
        shutil.rmtree(scene.path("layout-cold"), ignore_errors=True)
        return scene.run("build", "image.yaml", "-o", "layout-cold")

    def floor():
        shutil.rmtree(scene.path("floor"), ignore_errors=True)
        return run(["bash", FLOOR, "layer", scene.path("debs"), scene.path("floor")], cwd=scene.work)

    value, least = alternating(runs, slipway, floor)
    peer, = alternating(1, lambda: peers.extract(scene, repository))
    yield Figure("cold build of 300 MB, packages at hand", value, "s", 1.5 * least, least, peer, value / least)


def changed(scene, runs):
    """A new lock, its one new package at hand, everything else as it was. Only hashing may take time."""
    archive, copy = scene.path("archive"), scene.path("copy")
    shutil.rmtree(archive, ignore_errors=True)
    os.makedirs(archive)
    small = scene.blob(next(p["digest"] for p in scene.packages("image") if p["name"] == SMALL))
    os.link(small, f"{archive}/{SMALL}.deb")
    run(["sh", SCRIPT, "init", "."], cwd=archive)
    lines = ("deb system trixie main", f"deb [signed-by={archive}/archive.gpg] file://{archive}/public trixie main")

    def publish(version):
        run(["sh", "-c", f"'{SCRIPT}' reversion {SMALL}.deb {version} public/pool/main && ARCHITECTURES=amd64 '{SCRIPT}' publish ."],
            cwd=archive)
        scene.run("lock", "changed.yaml")

    os.makedirs(f"{archive}/public/pool/main")
    scene.define("changed", [SMALL] + scene.sets["image"], lines)
    publish("98:1")
    scene.run("build", "changed.yaml", "-o", "layout-changed")
    publish("99:1")
    new = next(p for p in scene.packages("changed") if p["name"] == SMALL)
    assert new["version"] == "99:1", new
    shutil.copy(f"{archive}/public/pool/main/{SMALL}_1_all.deb", scene.blob(new["digest"]))

    def slipway():
        # Hard links: Slipway replaces files and never rewrites them.
        shutil.rmtree(copy, ignore_errors=True)
        os.makedirs(copy)
        run(["cp", "-al", scene.home, scene.path("layout-changed"), copy], cwd=scene.work)
        os.sync()
        return scene.run("build", "changed.yaml", "-o", f"{copy}/layout-changed", home=f"{copy}/home")

    layer, compressed, uncompressed = scene.layer("image")
    run(["sh", "-c", f"gzip -dc '{layer}' >layer.tar"], cwd=scene.work)
    floor = lambda: run(["bash", FLOOR, "join", "layer.tar", layer, "joined"], cwd=scene.work)
    value, least = alternating(runs, slipway, floor)
    aim = 0.150 + 1.2 * (compressed + uncompressed) / 1e9
    yield Figure("one small package of 300 MB changed", value, "s", aim, least, None, value / least)


def unchanged(scene, runs):
    """The whole process where the lock is there and the image is too."""
    scene.run("build", "image.yaml", "-o", "layout-image")
    value, least = alternating(runs * 3, lambda: scene.run("build", "image.yaml", "-o", "layout-image"),
                               lambda: scene.run("--version"))
    yield Figure("nothing changed", value, "s", 0.200, least, None, value / least)
    yield Figure("slipway --version", least, "s", 0.020)
    yield Figure("size of the program", os.path.getsize(scene.slipway) / 1e6, "MB", 110)


def resolving(scene, runs):
    """`slipway lock` as a whole process against apt's own simulation, both from a mirror on this disk."""
    scene.define("resolve", scene.sets["image"], (f"deb [signed-by={KEYRING}] {scene.mirror} trixie main",))
    apt = peers.Apt(scene)
    lock = lambda: scene.run("lock", "resolve.yaml")

    def without():
        scene.forget("index")
        return lock()

    floor = lambda: run(["bash", FLOOR, "index", scene.index, scene.release], cwd=scene.work)
    value, least, peer = alternating(runs, without, floor, apt.without)
    yield Figure("resolving trixie main", value, "s", 1.0, least, peer, value / least)
    value, peer = alternating(runs * 3, lock, apt.simulate)
    yield Figure("resolving with the cached index", value, "s", 0.150, None, peer)


def memory(scene, _):
    """Of a cold build of the image and of one three times as large."""
    peaks = []
    for name in ("image", "triple"):
        scene.forget("builds", "layer", "segment*", "table")
        shutil.rmtree(scene.path("layout-cold"), ignore_errors=True)
        peaks.append(scene.run("build", f"{name}.yaml", "-o", "layout-cold").peak / 1e6)
    sizes = [round(scene.layer(name)[2] / 1e6) for name in ("image", "triple")]
    yield Figure(f"peak memory, {sizes[0]} MB", peaks[0], "MB", 250)
    # "No higher": threads meet differently in each run, and files have names; a tenth is let pass.
    yield Figure(f"peak memory, {sizes[1]} MB", peaks[1], "MB", min(250, 1.1 * peaks[0]), peaks[0], None,
                 peaks[1] / peaks[0])


def verifying(scene, runs):
    """All of `slipway verify`: of a tiny image it is signature and attestations, the rest of a large one is content."""
    if not os.path.exists(scene.path("slipway.key")):
        scene.run("key", "generate")
    for name in ("tiny", "image"):
        scene.run("build", f"{name}.yaml", "-o", f"layout-{name}", "--sign", "slipway.key", "--allow-untested", "amd64")
    # 3: all holds but that these images have no tests.
    verify = lambda name: lambda: scene.run("verify", f"layout-{name}", "--key", "slipway.pub", accept=3)
    layer, _, _ = scene.layer("image")
    inflate = lambda: run([sys.executable, os.path.join(ROOT, "Benchmarks/inflate.py"), layer], cwd=scene.work)
    tiny, image, least = alternating(runs, verify("tiny"), verify("image"), inflate)
    yield Figure("verifying signature and attestations", tiny, "s", 0.100)
    yield Figure("verifying the content of 300 MB", image - tiny, "s", 1.5 * least, least, None, (image - tiny) / least)


def alpine(scene, runs):
    """The Alpine family's figures."""
    yield from apk.figures(scene, runs, Figure, FLOOR)


def upstream(scene, runs):
    """A sweep of recipes' monitors."""
    yield from monitors.figures(scene, runs, Figure)


def packages(scene, runs):
    """What is added to a compiler's own time."""
    yield from recipes.figures(scene, runs, Figure, FLOOR)


ALL = {"cold": cold, "changed": changed, "unchanged": unchanged, "resolving": resolving, "memory": memory,
       "verifying": verifying, "alpine": alpine, "upstream": upstream, "packages": packages}
