#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A key-value store three times: as people install it, of Debian's packages without the rest, and from its source.

usage: sizes.py SLIPWAY DEMO-FOLDER
"""
import json
import os
import subprocess
import sys

slipway, demo = sys.argv[1:]


def image(layout):
    """Compressed and unpacked bytes of an image for this machine's usual architecture."""
    facts = json.loads(subprocess.check_output([slipway, "inspect", layout, "--json"]))
    mine = next(image for image in facts if "amd64" in image["platform"])
    return mine["compressedSize"], mine["uncompressedSize"]


def tree(path):
    """The same of a root file system, packed as a layer would be."""
    packed = subprocess.Popen(["tar", "-C", path, "-cf", "-", "."], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    unpacked = 0
    pressed = subprocess.Popen(["gzip", "-6"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    count = subprocess.Popen(["wc", "-c"], stdin=pressed.stdout, stdout=subprocess.PIPE)
    while piece := packed.stdout.read(1 << 20):
        unpacked += len(piece)
        pressed.stdin.write(piece)
    pressed.stdin.close()
    return int(count.communicate()[0]), unpacked


rows = [
    ("minbase and redis-server", tree(f"{demo}/conventional")),
    ("redis of Debian's packages", image(f"{demo}/redis")),
    ("valkey from source, on musl", image(f"{demo}/out/recipes/images/musl/valkey")),
]
whole = rows[0][1]
print(f"\n  {'':28}  {'compressed':>10}  {'':>6}  {'unpacked':>10}")
for name, (packed, unpacked) in rows:
    print(f"  {name:28}  {packed / 1e6:7.1f} MB  {100 * packed / whole[0]:5.1f}%  {unpacked / 1e6:7.1f} MB  {100 * unpacked / whole[1]:5.1f}%")
