# SPDX-License-Identifier: Apache-2.0
"""One pass over a gzip file that inflates it and hashes what comes out: the floor of verifying a layer's content."""
import hashlib
import sys
import zlib

inflate = zlib.decompressobj(31)
hasher = hashlib.sha256()
with open(sys.argv[1], "rb") as file:
    while piece := file.read(1 << 20):
        hasher.update(inflate.decompress(piece))
print(hasher.hexdigest())
