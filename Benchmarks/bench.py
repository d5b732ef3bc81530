#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what Slipway promises: each figure beside its floor (the necessary bytes, done by the field's own tools) and
its peer (what people use otherwise), taken in turn within one run. Ratios are worth more than seconds.

Needs root (mmdebstrap), this machine's apt configuration for Debian packages, and a release build: `make bench` makes
one. Not part of `make test`."""
import argparse
import dataclasses
import json
import os
import platform
import sys

import figures
import peers
from scene import ROOT, Scene


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "?")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {"processor": f"{os.cpu_count()} × {model}", "memory": f"{memory:.0f} GB", "kernel": platform.release(),
            "load": round(os.getloadavg()[0], 1), "tools": peers.versions()}


def cell(value, unit):
    if value is None:
        return "–"
    if unit == "MB":
        return f"{value:.0f} MB"
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def table(rows):
    lines = [("FIGURE", "VALUE", "AIM", "", "FLOOR", "RATIO", "PEER")]
    for row in rows:
        lines.append((row.name, cell(row.value, row.unit), f"≤ {cell(row.aim, row.unit)}", "met" if row.met else "MISSED",
                      cell(row.floor, row.unit), f"{row.ratio:.2f}" if row.ratio else "–", cell(row.peer, row.unit)))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return ["  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in lines]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--slipway", default=os.path.join(ROOT, ".build-release/stripped/bin/slipway"), help="the program")
    options.add_argument("--work", default=os.path.join(ROOT, "out/bench"), help="kept between runs: packages are there")
    options.add_argument("--runs", type=int, default=3, help="the best of so many counts")
    options.add_argument("--only", action="append", choices=figures.ALL, help="some figures alone")
    options.add_argument("--json", action="store_true")
    options = options.parse_args()
    scene = Scene(os.path.abspath(options.work), os.path.abspath(options.slipway))
    scene.prepare()
    about, rows = machine(), []
    for name, measure in figures.ALL.items():
        if not options.only or name in options.only:
            print(f"measuring {name} …", file=sys.stderr)
            rows += measure(scene, options.runs)
    if options.json:
        print(json.dumps({"machine": about, "figures": [dataclasses.asdict(row) | {"met": row.met} for row in rows]}, indent=2))
    else:
        print("\n".join(table(rows) + [f"{key}: {value}" for key, value in about.items()]))
    return 0 if all(row.met for row in rows) else 2


if __name__ == "__main__":
    sys.exit(main())
