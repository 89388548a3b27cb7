#!/usr/bin/env python3
"""Checks that documents speak of what exists.

  - Each guarantee G1 to G6 and each invariant I<n> that a file comment of engine/src states is named
    by a test (`// guards G3, I4`), and no test names one that does not exist.
  - No invariant number is used by two files.
  - Every relative link, and every path in `backticks`, of a Markdown file exists.
  - Every test that a table of docs/ names in a column "test" or "tests" exists, or begins so: `Suite`,
    `Suite.Name`, `service.NAME` and its like, `fuzz.TARGET_corpus`.
"""
import argparse
import re
import sys
from pathlib import Path

GUARANTEES = {f"G{number}" for number in range(1, 7)}
TOPS = ("engine", "server", "bench", "tests", "tools", "data", "docs")

BLOCK = re.compile(r"^//\s*Invariants:(.*?)(?=^//\s*[A-Z]\w*:|^[^/]|\Z)", re.MULTILINE | re.DOTALL)
STATED = re.compile(r"\b(I\d+)\s+(?!and\b|or\b|of\b|to\b)[a-z`]")
GUARDS = re.compile(r"//\s*guards\s+((?:[GI]\d+)(?:\s*(?:,|and)\s*[GI]\d+)*)")
CASE = re.compile(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", re.MULTILINE)
TEST_NAME = re.compile(r"`([A-Z]\w*[a-z]\w*(?:\.\w+)?|[a-z]+\.\w+)`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PATH = re.compile(r"`((?:" + "|".join(TOPS) + r"|\.ci)/[\w./*-]*)`")


def stated_invariants(root):
    """I<n> -> the files that state it."""
    stated = {}
    for path in sorted((root / "engine/src").rglob("*.?pp")):
        for block in BLOCK.findall(path.read_text(encoding="utf-8")):
            for letter in STATED.findall(block):
                stated.setdefault(letter, []).append(path.relative_to(root).as_posix())
    return stated


def guarded(root):
    """Letter -> the tests' files that name it."""
    named = {}
    for path in sorted((root / "tests").rglob("*.cpp")):
        name = path.relative_to(root).as_posix()
        if name.startswith("tests/checks/"):
            continue
        for letters in GUARDS.findall(path.read_text(encoding="utf-8")):
            for letter in re.findall(r"[GI]\d+", letters):
                named.setdefault(letter, set()).add(name)
    return named


def guard_problems(root):
    stated, named = stated_invariants(root), guarded(root)
    for letter in sorted(GUARANTEES - set(named)):
        yield f"{letter}: no test says '// guards {letter}'"
    for letter, files in sorted(stated.items()):
        if letter not in named:
            yield f"{files[0]}: no test says '// guards {letter}'"
        if len(files) > 1:
            yield f"{letter} is stated by {' and by '.join(files)}"
    for letter in sorted(set(named) - GUARANTEES - set(stated)):
        yield f"{sorted(named[letter])[0]}: guards {letter}, which nothing states"


def documents(root):
    yield from sorted(root.glob("*.md"))
    for top in TOPS:
        for path in sorted((root / top).rglob("*.md")):
            if not path.relative_to(root).as_posix().startswith("tests/checks/"):
                yield path


def exists(base, target):
    return any(base.glob(target.rstrip("/"))) if "*" in target else (base / target).exists()


def link_problems(root):
    for document in documents(root):
        name = document.relative_to(root).as_posix()
        for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
            for target in LINK.findall(line):
                if "://" not in target and not exists(document.parent, target):
                    yield f"{name}:{number}: the link {target} leads nowhere"
            for target in PATH.findall(line):
                if not exists(root, target):
                    yield f"{name}:{number}: there is no {target}"


def known_tests(root):
    """Suites, tests of suites, and tests that are programs, by their names for ctest."""
    known = set()
    for path in sorted((root / "tests").rglob("*.cpp")):
        if "checks" not in path.relative_to(root / "tests").parts:
            for suite, name in CASE.findall(path.read_text(encoding="utf-8")):
                known |= {suite, f"{suite}.{name}"}
    for path in sorted((root / "tests").glob("*/*_test.py")):
        known.add(f"{path.parent.name}.{path.name.removesuffix('_test.py')}")
    known |= {f"fuzz.{path.name}_corpus" for path in (root / "data/fuzz").glob("*")}
    return known


def tests_of_tables(text):
    """(line, name) of each test that a column "test" or "tests" names."""
    columns = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|"):
            columns = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not columns:
            columns = cells
        for title, cell in zip(columns, cells):
            if title in ("test", "tests"):
                yield from ((number, name) for name in TEST_NAME.findall(cell))


def test_problems(root):
    known = known_tests(root)
    for document in sorted((root / "docs").glob("*.md")):
        for number, name in tests_of_tables(document.read_text(encoding="utf-8")):
            if not any(test.startswith(name) for test in known):
                yield f"{document.relative_to(root).as_posix()}:{number}: there is no test {name}"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root
    problems = [*guard_problems(root), *link_problems(root), *test_problems(root)]
    for letter, files in sorted(guarded(root).items()):
        print(f"{letter} is guarded by {', '.join(sorted(files))}")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
