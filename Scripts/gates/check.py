#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The gates of `make check` that read the source as text: layers, doors, purity, file size, licence line,
doc comments, forbidden constructs. Prints one line a violation and exits 1 if there was any.

usage: check.py [ROOT] [--only GATE]
"""
import re
import sys
from pathlib import Path

from house import (DOORS, EVERYWHERE, FAMILIES, FAMILY_PICKS, FLOORS, FOLDERS, LOGGING, MACHINE, PURE_FOLDER_NAMES, PURE_TARGETS, REFUSED,
                   SEES)

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+"
    r"(?:(?:struct|class|enum|protocol|func|typealias|var|let)\s+)?(\w+)", re.M)
LICENCE = "SPDX-License-Identifier: Apache-2.0"
OWN = {name for floor in FLOORS for name in floor}


def target_of(path, sources):
    relative = path.relative_to(sources).as_posix()
    best = [name for name, folder in FOLDERS.items() if relative.startswith(folder + "/")]
    return max(best, key=lambda name: len(FOLDERS[name])) if best else None


def swift_files(root):
    return sorted((root / "Sources").rglob("*.swift"))


def without_comments(text):
    text = re.sub(r'"""(.*?)"""', '""', text, flags=re.S)
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)
    text = re.sub(r"/\*.*?\*/", lambda match: "\n" * match.group().count("\n"), text, flags=re.S)
    return re.sub(r"//[^\n]*", "", text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def layers(root):
    """Arrows point down, a stage never imports a stage, a target sees only what the table says."""
    sources = root / "Sources"
    for path in swift_files(root):
        target = target_of(path, sources)
        if target is None:
            yield path, 1, "stands in no target that Scripts/gates/house.py knows"
            continue
        text = path.read_text()
        for match in IMPORT.finditer(text):
            module = match.group(1)
            if module in OWN and module != "Vocabulary" and module not in SEES.get(target, set()):
                if module in DOORS and target in DOORS[module]:
                    continue
                yield path, line_of(text, match.start(1)), f"{target} may not import {module}"
            if module == "Vocabulary" and target in ("CShim",):
                yield path, line_of(text, match.start(1)), f"{target} may not import {module}"


def doors(root):
    """Each heavy library is imported behind its door only."""
    sources = root / "Sources"
    for path in swift_files(root):
        target = target_of(path, sources)
        text = path.read_text()
        for match in IMPORT.finditer(text):
            module, line = match.group(1), line_of(text, match.start(1))
            if module in REFUSED:
                yield path, line, f"{module} is refused; see ARCHITECTURE.md, libraries"
            elif module in DOORS:
                if target not in DOORS[module]:
                    yield path, line, f"{module} stands behind the door of {', '.join(sorted(DOORS[module])) or 'nobody'}"
            elif module in OWN or module in EVERYWHERE or module in MACHINE:
                continue
            elif module == LOGGING:
                if target in ("Vocabulary", "Archives"):
                    yield path, line, f"{target} knows no logger"
            else:
                yield path, line, f"{module} has no door in Scripts/gates/house.py"


IMPURE = re.compile(r"\basync\b|\bawait\b|\bDate\(\)|\bUUID\(\)|\bClock\b|\.now\b|\bFileManager\b|\bgetenv\b|\bProcessInfo\b"
                    r"|\bTask\b|\bSystemRandomNumberGenerator\b|\.random\(|\bopen\(|\bfopen\b")


def purity(root):
    """Pure places know no clock, randomness, file system, environment or concurrency."""
    sources = root / "Sources"
    for path in swift_files(root):
        pure = target_of(path, sources) in PURE_TARGETS or PURE_FOLDER_NAMES & set(path.relative_to(sources).parts[:-1])
        if not pure:
            continue
        text = without_comments(path.read_text())
        for match in IMPURE.finditer(text):
            yield path, line_of(text, match.start()), f"'{match.group()}' in a pure place"
        for match in IMPORT.finditer(text):
            if match.group(1) in MACHINE:
                yield path, line_of(text, match.start(1)), f"{match.group(1)} in a pure place"


def size(root):
    """A file of Sources has at most 500 lines."""
    for path in swift_files(root):
        count = path.read_text().count("\n")
        if count > 500:
            yield path, count, f"{count} lines; 500 is the end, about 120 is comfortable"


def licence(root):
    """The licence line is the first (or, below a #! or tools version, the second) line of each source file."""
    for folder, patterns in (("Sources", ("*.swift", "*.c", "*.h")), ("Tests", ("*.swift", "*.c", "*.h", "*.py", "*.sh")),
                             ("Scripts", ("*.py", "*.sh")), ("Benchmarks", ("*.swift", "*.py", "*.sh"))):
        for pattern in patterns:
            for path in sorted((root / folder).rglob(pattern)) if (root / folder).exists() else []:
                if LICENCE not in "\n".join(path.read_text(errors="replace").splitlines()[:2]):
                    yield path, 1, "no licence line at the top"


FORBIDDEN = [
    (re.compile(r"\btry!"), "try! is not used"),
    (re.compile(r"\bas!"), "as! is not used"),
    (re.compile(r"nonisolated\(unsafe\)"), "nonisolated(unsafe) is not used"),
    (re.compile(r"@unchecked\s+Sendable"), "@unchecked Sendable: MappedFile alone"),
    (re.compile(r"\bfatalError\("), "fatalError is not used; throw, or precondition with the reason"),
    (re.compile(r"(?<![\w.])Task\s*(?:\.\s*(?:detached|immediate|init)\b|[({])"), "structured concurrency only: no Task { }"),
]


# The one place of each construct that has one.
EXCEPTIONS = {"@unchecked": "MappedFile.swift", "structured": "Effects/Execution/Uncancelled.swift"}


def constructs(root):
    """Constructs that STYLE.md rules out."""
    for path in swift_files(root):
        text = without_comments(path.read_text())
        for pattern, why in FORBIDDEN:
            place = next((place for word, place in EXCEPTIONS.items() if why.startswith(word)), None)
            allowed = 1 if place and str(path).endswith(place) else 0
            for match in list(pattern.finditer(text))[allowed:]:
                yield path, line_of(text, match.start()), why


FAMILY = re.compile(rf"\b(?:{'|'.join(FAMILIES)})\w*|\.(?:{'|'.join(FAMILIES).lower()})(?:Name)?\b(?!\()")


def families(root):
    """Outside the folders of the families, only the files that pick one know that there are several."""
    sources = root / "Sources"
    for path in swift_files(root):
        relative = path.relative_to(sources)
        if set(FAMILIES) & set(relative.parts[:-1]) or relative.as_posix() in FAMILY_PICKS:
            continue
        text = without_comments(path.read_text())
        for match in FAMILY.finditer(text):
            yield path, line_of(text, match.start()), f"'{match.group()}': what is one family's stands in its folder"
    for name in FAMILY_PICKS if (sources / "slipway").exists() else ():
        if not (sources / name).exists():
            yield sources / name, 1, "FAMILY_PICKS in Scripts/gates/house.py names a file that is not there"


DECLARATION = re.compile(
    r"^(?P<indent>\s*)(?:@[\w.]+(?:\([^)]*\))?\s+)*(?:package|public)\s+(?:final\s+|indirect\s+|static\s+|mutating\s+|nonisolated\s+)*"
    r"(?P<kind>struct|enum|class|actor|protocol|func|init)\b(?P<rest>[^\n]*(?:\n[^\n{]*)*?)(?=\{|\n\s*\n|$)", re.M)


def documented(lines, index):
    """True where the declaration at `index` has a doc comment above it (attributes between them are passed over)."""
    index -= 1
    while index >= 0 and lines[index].strip().startswith("@"):
        index -= 1
    return index >= 0 and lines[index].strip().startswith("///")


def requirements(root):
    """Names of documented requirements of protocols: what conforms to one need not say it again."""
    names = set()
    for path in swift_files(root):
        lines, inside = path.read_text().splitlines(), False
        for number, line in enumerate(lines):
            if re.search(r"\bprotocol \w+.*\{", line):
                inside = True
            elif line.startswith("}"):
                inside = False
            match = re.match(r"\s+(?:mutating )?func (\w+)", line)
            if inside and match and documented(lines, number):
                names.add(match.group(1))
    return names


def docs(root):
    """Package and public types of file scope, and throwing functions, carry a doc comment."""
    known = requirements(root)
    for path in swift_files(root):
        text = path.read_text()
        lines = text.splitlines()
        for match in DECLARATION.finditer(text):
            start = match.start() + (len(match.group(0)) - len(match.group(0).lstrip()))
            number = line_of(text, start)
            kind, rest = match.group("kind"), match.group("rest")
            is_type = kind in ("struct", "enum", "class", "actor", "protocol") and match.group("indent").strip("\n") == ""
            name = re.match(r"\s*(\w+)", rest)
            if kind == "func" and name and name.group(1) in known:
                continue
            if kind == "init" and "from decoder" in rest or kind == "func" and "encode(to" in rest:
                continue
            is_throwing = kind == "func" and re.search(r"\bthrows\b", rest.split("{")[0])
            if (is_type or is_throwing) and not documented(lines, number - 1):
                yield path, number, f"no doc comment on this {'throwing function' if is_throwing else kind}"


# Registries are named by what they serve, never by host; sites that people read are no registries.
REGISTRIES = "|".join(("debian", "pypi", "pythonhosted", "npmjs", "crates"))
SITES = "|".join(("www", "bugs", "wiki", "lists", "tracker", "packages", "security-tracker", "salsa", "manpages"))
HOSTS = re.compile(rf"(?<![@\w.-])(?!(?:{SITES})\.)(?:[\w-]+\.)+(?:{REGISTRIES})\.(?:org|io|com)\b"
                   rf"|(?<![@\w.-])(?:pypi|crates)\.(?:org|io)\b"
                   r"|(?<![@\w.-])(?:[\w-]+\.)+(?:wolfi\.dev|cgr\.dev|alpinelinux\.org)\b", re.I)
PLACES = re.compile(r"(?<![\w$])/(?:work|root|home)/(?!nonroot\b|build\b)[\w.]+")


def hosts(root):
    """No package registry's host name and no path of somebody's machine stands in the project."""
    skip = {".git", ".build"}
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if not path.is_file() or parts[0] in skip or parts[0].startswith((".build", "out")):
            continue
        if path.suffix not in (".swift", ".md", ".yaml", ".yml", ".sh", ".py", ".json", ".txt", ".c", ".h", "") or path.name == "check.py":
            continue
        text = path.read_text(errors="replace")
        for match in HOSTS.finditer(text):
            yield path, line_of(text, match.start()), f"host name of a package registry: {match.group()}"
        if path.suffix in (".swift", ".md", ".yaml", ".sh", ".py"):
            for match in PLACES.finditer(text):
                yield path, line_of(text, match.start()), f"path of one machine: {match.group()}"


GATES = {gate.__name__: gate for gate in (layers, doors, families, purity, size, licence, constructs, docs, hosts)}


def main(arguments):
    only = None
    if "--only" in arguments:
        at = arguments.index("--only")
        only = arguments[at + 1]
        del arguments[at:at + 2]
    root = Path(arguments[0] if arguments else ".").resolve()
    violations = 0
    for name, gate in GATES.items():
        if only and name != only:
            continue
        for path, line, why in gate(root):
            print(f"{path.relative_to(root)}:{line}: {name}: {why}")
            violations += 1
    if not any((root / "Sources").rglob("*.swift")):
        print(f"{root}: no Swift sources: a gate that reads nothing has checked nothing")
        violations += 1
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
