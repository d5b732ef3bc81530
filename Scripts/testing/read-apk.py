# SPDX-License-Identifier: Apache-2.0
"""Reads an Alpine package (.apk, version 2) with Python's own zlib, tarfile and hashlib, for tests: another reader than
Slipway's. Says what it found, checks datahash and the checksums of files, and leaves the control member and the
signature files in a folder, so that openssl can be asked about them.

usage: read-apk.py FILE FOLDER
"""
import hashlib
import io
import pathlib
import sys
import tarfile
import zlib

END = b"\0" * 1024


def members(data):
    while data:
        decoder = zlib.decompressobj(31)
        text = decoder.decompress(data) + decoder.flush()
        yield data[: len(data) - len(decoder.unused_data)], text
        data = decoder.unused_data


def files(text):
    with tarfile.open(fileobj=io.BytesIO(text + END)) as tar:
        return [(entry, tar.extractfile(entry).read() if entry.isfile() else b"") for entry in tar]


def main(path, folder):
    parts = list(members(pathlib.Path(path).read_bytes()))
    print("members", len(parts))
    for entry, content in files(parts[0][1]) if len(parts) == 3 else []:
        print("signature:", entry.name, len(content))
        pathlib.Path(folder, entry.name).write_bytes(content)
    control, data = parts[-2:]
    assert not control[1].endswith(END), "the control tar has an end"
    assert data[1].endswith(END), "the data tar has no end"
    pathlib.Path(folder, "control.gz").write_bytes(control[0])
    names = dict((entry.name, content) for entry, content in files(control[1]))
    print("control:", " ".join(names))
    info = dict(line.split(" = ", 1) for line in names[".PKGINFO"].decode().splitlines() if " = " in line)
    assert info["datahash"] == hashlib.sha256(data[0]).hexdigest(), "another datahash"
    print("datahash holds")
    checked = 0
    for entry, content in files(data[1]):
        expected = entry.pax_headers.get("APK-TOOLS.checksum.SHA1")
        if entry.isfile() or entry.issym():
            content = entry.linkname.encode() if entry.issym() else content
            assert expected == hashlib.sha1(content).hexdigest(), entry.name
            checked += 1
        else:
            assert expected is None, entry.name
    print("checksums of", checked, "entries hold")


main(*sys.argv[1:])
