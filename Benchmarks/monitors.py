# SPDX-License-Identifier: Apache-2.0
"""A sweep of many recipes' monitors without a network: each looks at a page of its own in a folder of this machine."""

import os

from measure import alternating

RULES = [
    "",
    "  ignore-regex-patterns: ['-(beta|nightly)', '^0\\.']\n",
    "  version-transform: [{match: '_', replace: '.'}]\n",
    "  version-separator: _\n  require-sequential: true\n",
    "  manual: true\n  schedule: {period: weekly, reason: many}\n",
]


def write(work, recipes, releases):
    """Recipes and pages below `work`; their paths. The same every time."""
    pages, folder = os.path.join(work, "pages"), os.path.join(work, "recipes")
    os.makedirs(pages, exist_ok=True)
    os.makedirs(folder, exist_ok=True)
    paths = []
    for number in range(recipes):
        name = f"pkg{number}"
        lines = [
            f'<a href="{name}-{major}.{minor}.0.tar.gz">{name}</a>  2026-0{1 + major % 9}-1{minor % 9} 10:00  1.2M\n'
            for major in range(releases // 10) for minor in range(10)
        ]
        with open(os.path.join(pages, f"{name}.html"), "w") as page:
            page.writelines(lines)
        path = os.path.join(folder, f"{name}.yaml")
        with open(path, "w") as recipe:
            recipe.write(
                f"package:\n  name: {name}\n  version: 3.1.0\n  epoch: 0\n  description: one of many\n"
                "environment:\n  contents:\n    repositories: [deb system trixie main]\n    packages: [dash, gcc, make]\n"
                "pipeline:\n  - uses: fetch\n    with:\n"
                f"      uri: https://example.org/{name}-${{{{package.version}}}}.tar.gz\n"
                f"      expected-sha256: {'0' * 64}\n"
                "  - uses: autoconf/configure\n  - uses: autoconf/make\n  - uses: autoconf/make-install\n  - uses: strip\n"
                "test:\n  pipeline:\n    - runs: test -e /usr\n"
                "update:\n  enabled: true\n" + RULES[number % len(RULES)] +
                f"  listing:\n    url: file://{pages}/{name}.html\n    pattern: '{name}-([0-9._]+)\\.tar'\n"
            )
        paths.append(path)
    return paths


def figures(scene, runs, figure, recipes=5000, releases=50):
    """`recipe outdated` over all of them, less `recipe check`: what reading the recipes takes is not the sweep's."""
    paths = write(scene.path("monitors"), recipes, releases)
    read, sweep = alternating(
        runs, lambda: scene.run("recipe", "check", "--quiet", *paths),
        lambda: scene.run("recipe", "outdated", "--json", "--quiet", *paths))
    yield figure(f"a sweep of {recipes} monitors, {releases} releases each", sweep - read, "s", 2.0)
