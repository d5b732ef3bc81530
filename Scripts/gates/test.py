#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves each gate: plants one violation in a small tree and expects that gate, and only it, to go red."""
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"
GOOD = {
    "Sources/Vocabulary/Value.swift": LICENCE + "/// A value.\npackage struct Value {}\n",
    "Sources/Stages/Describing/Describer.swift": LICENCE + "internal import Vocabulary\n",
}
HOST = ".".join(("deb", "debian", "org"))
APK_HOST = ".".join(("packages", "wolfi", "dev"))
PLANTED = {
    "layers": [
        ("a stage imports a stage", "Sources/Stages/Describing/Bad.swift", "internal import Resolving\n"),
        ("an arrow runs up", "Sources/Archives/Bad.swift", "package import Storage\n"),
        ("an attribute hides the import", "Sources/Vocabulary/Bad.swift", "@testable import Pipeline\n"),
        ("a file outside every target", "Sources/Common/Bad.swift", "\n"),
    ],
    "doors": [
        ("a second door to YAML", "Sources/Stages/Running/Bad.swift", "import Yams\n"),
        ("full Foundation", "Sources/Stages/Running/Bad.swift", "import Foundation\n"),
        ("a library without a door", "Sources/Stages/Running/Bad.swift", "import Splendid\n"),
    ],
    "families": [
        ("a family by its type", "Sources/Stages/Describing/Bad.swift", "func f(_ version: DebianVersion) {}\n"),
        ("a family by its case", "Sources/Assembly/Factory/Bad.swift", "let isApk = family == .alpine\n"),
        ("a family's name of an architecture", "Sources/Commands/Bad.swift", "let a = architecture.debianName\n"),
    ],
    "purity": [
        ("a clock in the vocabulary", "Sources/Vocabulary/Bad.swift", "func f() -> Bool { ContinuousClock.now > x }\n"),
        ("concurrency in a plan", "Sources/Stages/Composing/Plan/Bad.swift", "func f() async {}\n"),
    ],
    "size": [("a file of 501 lines", "Sources/Vocabulary/Bad.swift", "// line\n" * 501)],
    "licence": [("no licence line", "Sources/Vocabulary/Bad.swift", None)],
    "constructs": [
        ("a force try", "Sources/Stages/Running/Bad.swift", "let a = try! b()\n"),
        ("an unstructured task", "Sources/Stages/Running/Bad.swift", "func f() { Task { g() } }\n"),
        ("an unstructured task by its initializer", "Sources/Stages/Running/Bad.swift",
         "func f() async { await Task(operation: g).value }\n"),
        ("a second one where one is allowed", "Sources/Effects/Execution/Uncancelled.swift",
         "func f() async { await Task(operation: g).value }\nfunc h() { Task { g() } }\n"),
        ("unchecked Sendable", "Sources/Stages/Running/Bad.swift", "final class A: @unchecked Sendable {}\n"),
    ],
    "docs": [
        ("an undocumented type", "Sources/Vocabulary/Bad.swift", "package struct Bad {}\n"),
        ("an undocumented throwing function", "Sources/Vocabulary/Bad.swift",
         "/// Documented.\npackage struct Bad {\n    package func f() throws {}\n}\n"),
    ],
    "hosts": [
        ("a registry's host name", "README.md", f"Fetched from http://{HOST}/debian\n"),
        ("an APK repository's host name", "README.md", f"https://{APK_HOST}/os\n"),
        ("somebody's path", "README.md", "See /home/" + "me/slipway\n"),
    ],
}


def run(root, gate=None):
    command = [sys.executable, str(HERE / "check.py"), str(root)] + (["--only", gate] if gate else [])
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.returncode, result.stdout + result.stderr


def tree(root, extra=None):
    for name, text in {**GOOD, **(extra or {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def main():
    failures, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        tree(Path(folder))
        code, output = run(Path(folder))
        if code != 0:
            failures.append(f"the good tree is refused:\n{output}")
    with tempfile.TemporaryDirectory() as folder:
        if run(Path(folder))[0] == 0:
            failures.append("an empty tree passes")
    for gate, cases in PLANTED.items():
        for what, name, body in cases:
            count += 1
            text = "\n" if body is None else (body if name.endswith(".md") else LICENCE + body)
            with tempfile.TemporaryDirectory() as folder:
                tree(Path(folder), {name: text})
                code, output = run(Path(folder), gate)
                if code == 0 or Path(name).name not in output:
                    failures.append(f"{gate}: {what} was not seen")
    print(f"gates: {count + 2 - len(failures)} passed, {len(failures)} failed")
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
