#!/usr/bin/env python3
"""Checks what a file may look like: its name, its size, its bytes.

  - No file or directory is named utils, helpers, common or misc.
  - C++ files: at most 450 lines (over 300 are listed), `#pragma once` in headers, plain ASCII, no
    unfinished-work marks, no `using namespace` at file level of a header, a file comment in engine.
  - The README of a top directory has under 120 lines, the top CMakeLists.txt under 80.
"""
import argparse
import re
import sys
from pathlib import Path

TOPS = ("engine", "server", "bench", "tests", "tools", "data", "docs")
NAMELESS = re.compile(r"(^|[_/-])(util|utils|helper|helpers|common|misc)([_/.-]|$)")
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
CODE = (".hpp", ".cpp", ".ipp", ".py", ".cmake", ".txt")
LONG, TOO_LONG = 300, 450


def files(root):
    for top in TOPS:
        for path in sorted((root / top).rglob("*")):
            name = path.relative_to(root).as_posix()
            is_fixture = name.startswith(("tests/checks/", "data/fuzz/")) or "__pycache__" in name
            if path.is_file() and not is_fixture:
                yield path, name


def header_problems(name, text):
    if "#pragma once" not in text:
        yield f"{name}: a header without #pragma once"
    if re.search(r"^using namespace", text, re.MULTILINE):
        yield f"{name}: a header with using namespace"


def code_problems(name, data):
    text = data.decode("utf-8", errors="replace")
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if not line.isascii():
            yield f"{name}:{number}: not plain ASCII"
        if UNFINISHED.search(line):
            yield f"{name}:{number}: unfinished work"
    if name.endswith((".hpp", ".cpp", ".ipp")):
        if len(lines) > TOO_LONG:
            yield f"{name}: {len(lines)} lines, more than {TOO_LONG}"
        if name.startswith("engine/") and name.endswith(".hpp") and not text.startswith("//"):
            yield f"{name}: no file comment"
    if name.endswith(".hpp"):
        yield from header_problems(name, text)


def length_problem(root, name, limit):
    path = root / name
    if path.is_file() and len(path.read_text(encoding="utf-8").splitlines()) >= limit:
        yield f"{name}: {limit} lines or more"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root
    problems, count = list(length_problem(root, "CMakeLists.txt", 80)), 0
    for top in TOPS:
        problems += length_problem(root, f"{top}/README.md", 120)
    for path, name in files(root):
        count += 1
        if NAMELESS.search(name):
            problems.append(f"{name}: a name that says nothing")
        if not name.endswith(CODE):
            continue
        data = path.read_bytes()
        problems += code_problems(name, data)
        if name.endswith((".hpp", ".cpp")) and LONG < data.count(b"\n") <= TOO_LONG:
            print(f"{name}: {data.count(bytes([10]))} lines, worth splitting")
    print("\n".join(problems) if problems else f"{count} files look as they should")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
