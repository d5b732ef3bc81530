# SPDX-License-Identifier: Apache-2.0
"""What Slipway adds to a compiler's own time: the start of a step's sandbox, packing, and planning what is to be built."""
import os
import random
import re
import shutil
import subprocess

from measure import alternating, run

STEPS = 50
RECIPES, EDGES = 3400, 23000


def figures(scene, runs, Figure, floor):
    """The three figures, each its own."""
    yield from sandbox(scene, runs, Figure)
    yield from packing(scene, runs, Figure, floor)
    yield from planning(scene, runs, Figure)


def key(scene):
    if not os.path.exists(scene.path("packages.rsa")):
        scene.run("key", "generate", "--type", "rsa", "--name", "packages")
    return "packages.rsa"


def sandbox(scene, runs, Figure):
    """A recipe of many empty steps against one of few: what is left are their sandboxes. The build root is warm."""
    for name, count in (("few", 1), ("many", 1 + STEPS)):
        with open(scene.path(f"{name}.yaml"), "w") as recipe:
            recipe.write(
                f"package: {{name: {name}, version: 1.0, epoch: 0, description: empty steps}}\n"
                "environment: {contents: {repositories: [deb system trixie main], packages: [coreutils, dash]}}\n"
                "pipeline:\n" + "  - runs: 'true'\n" * count +
                "  - runs: mkdir -p ${{targets.destdir}}/usr/share/a; echo a >${{targets.destdir}}/usr/share/a/a\n")
    build = lambda name: lambda: scene.run(
        "recipe", "build", f"{name}.yaml", "-o", "built", "--key", key(scene), "--quiet")
    build("few")()
    few, many = alternating(runs, build("few"), build("many"))
    yield Figure("start of a step's sandbox, warm", (many - few) / STEPS, "s", 0.150)


def packing(scene, runs, Figure, floor):
    """A folder of programs as an .apk, against the same bytes packed, compressed and hashed by the field's own tools."""
    folder = scene.path("tree")
    if not os.path.exists(folder):
        os.makedirs(folder)
        for package in scene.packages("image")[:12]:
            run(["dpkg-deb", "-x", scene.blob(package["digest"]), folder], cwd=scene.work)
    with open(scene.path("pack.yaml"), "w") as metadata:
        metadata.write("name: tree\nversion: 1.0-r0\narch: x86_64\ndescription: programs\n")

    def pack():
        return scene.run("apk", "pack", "tree", "--metadata", "pack.yaml", "-o", "packed", "--key", key(scene))

    def least():
        return run(["bash", floor, "pack", folder, scene.path("packed.gz")], cwd=scene.work)

    value, bound = alternating(runs, pack, least)
    yield Figure("packing programs as an .apk", value, "s", 1.25 * bound, bound, None, value / bound)


def write(work):
    """Recipes that are built with one another, cycles and all; the same every time."""
    folder = os.path.join(work, "planned")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    pick = random.Random(5)
    needs = [[] for _ in range(RECIPES)]
    for _ in range(EDGES):
        # Few are needed by nearly all, most by hardly anybody.
        needs[pick.randrange(RECIPES)].append(min(int(pick.expovariate(1 / 200)), RECIPES - 1))
    for number, names in enumerate(needs):
        packages = ", ".join(f"pkg{name}" for name in sorted(set(names)))
        with open(os.path.join(folder, f"pkg{number}.yaml"), "w") as recipe:
            recipe.write(
                f"package: {{name: pkg{number}, version: 1.0.0, epoch: 0, description: one of many}}\n"
                f"environment: {{contents: {{repositories: [deb system trixie main], packages: [{packages}]}}}}\n"
                "pipeline:\n  - runs: make\nsubpackages:\n"
                f"  - name: pkg{number}-dev\n    pipeline: [{{runs: make dev}}]\n")
    return folder


def planning(scene, runs, Figure):
    """`factory plan` over them: what it says that planning took, without the reading."""
    write(scene.work)
    if not os.path.exists(scene.path("slipway.key")):
        scene.run("key", "generate")
    key(scene)
    with open(scene.path("planned.yaml"), "w") as configuration:
        configuration.write(
            "destination: 127.0.0.1:5000\nkey: slipway.key\n"
            "packages: {repository: planned-packages, key: packages.rsa, recipes: [planned]}\n")
    plan = [scene.slipway, "factory", "plan", "--config", "planned.yaml", "--state", "planned-state", "--json"]
    times = []
    for _ in range(runs):
        said = subprocess.run(plan, env=scene.env(), cwd=scene.work, check=True, capture_output=True, text=True).stderr
        number, unit = re.search(rf"^plan +{RECIPES} recipes +([0-9.]+) (ms|s)$", said, re.MULTILINE).groups()
        times.append(float(number) / (1000 if unit == "ms" else 1))
    yield Figure(f"planning {RECIPES} recipes, {EDGES} edges", min(times), "s", 0.300)
