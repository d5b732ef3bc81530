# SPDX-License-Identifier: Apache-2.0
"""Makes a folder of many small Alpine packages (.apk, version 2), unsigned, for measuring `slipway apk index`: by Python's
own tarfile and zlib, in one process, so that what is measured has not made its own input.

usage: many_packages.py FOLDER COUNT [FIRST]
"""
import hashlib
import io
import pathlib
import sys
import tarfile
import zlib

TIME = 1767323045


def gzip(data):
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def tar(files, end):
    out = io.BytesIO()
    for name, content, records in files:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime, entry.pax_headers = len(content), 0o644, TIME, records
        out.write(entry.tobuf(tarfile.PAX_FORMAT))
        out.write(content + b"\0" * (-len(content) % 512))
    return out.getvalue() + (b"\0" * 1024 if end else b"")


def package(number):
    """A package that needs an earlier one and offers a library."""
    name, version = f"package-{number:05}", f"1.{number % 100}.0-r{number % 7}"
    text = f"{name} {version}\n".encode() * 8
    sha1 = hashlib.sha1(text).hexdigest()
    data = gzip(tar([(f"usr/share/{name}", text, {"APK-TOOLS.checksum.SHA1": sha1})], end=True))
    lines = [
        f"pkgname = {name}", f"pkgver = {version}", "arch = x86_64", f"size = {len(text)}", f"origin = {name}",
        f"pkgdesc = package {number} of many", "url = https://apk.example.org", f"builddate = {TIME}", "license = MIT",
        f"provides = so:lib{name}.so.1={version}", f"provides = cmd:{name}={version}",
    ]
    if number > 0:
        lines.append(f"depend = so:libpackage-{number // 2:05}.so.1")
    lines.append(f"datahash = {hashlib.sha256(data).hexdigest()}")
    control = gzip(tar([(".PKGINFO", ("\n".join(lines) + "\n").encode(), {})], end=False))
    return f"{name}-{version}.apk", control + data


def main(folder, count, first=0):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(int(first), int(first) + int(count)):
        name, content = package(number)
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main(*sys.argv[1:])
