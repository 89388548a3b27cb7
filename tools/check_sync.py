#!/usr/bin/env python3
"""Checks that the memory order of every atomic operation can be audited.

In the C++ files of engine, server and tools:
  - `// sync[NAME] ORDER -> PARTNER: why` names a partner of the same library that names it back; no
    NAME occurs twice in a library; ORDER stands in the statement below;
  - every acquire, release and acq_rel has such a comment above it (or one that says `as NAME`);
  - every relaxed has a comment `relaxed: why a stale value is harmless`, every seq_cst one that
    says `seq_cst` and the interleaving that breaks without it;
  - no atomic operation leaves its order to the default;
  - a file that declares an atomic, or the header beside it, opens with `// Roles:`.
"""
import argparse
import re
import sys
from pathlib import Path

LIBRARIES = ("engine", "server", "tools")
REACH = 3  # lines from the end of a comment within which its order must occur
ABOVE = 5  # lines above an order within which its comment must begin

SYNC = re.compile(r"sync\[(\w+)\]\s+(\w+)\s*->\s*(\w+(?:\s*,\s*\w+)*)\s*:")
LOOSE_SYNC = re.compile(r"sync\[")
ORDER = re.compile(r"memory_order(?:_|::)(relaxed|consume|acquire|release|acq_rel|seq_cst)\b")
CALL = re.compile(
    r"(?:\.|->)(load|store|exchange|compare_exchange_\w+|fetch_\w+|test_and_set)\s*\(")
RELAXED = re.compile(r"relaxed(?: on failure)?:")
DECLARED = re.compile(r"std::atomic(?:<[^;=(){}]*>|_flag|_ref<[^;=(){}]*>)\s+(\w+)\s*[;{=]")


class Source:
    """One file: its lines, and what of each line is code and what is comment."""

    def __init__(self, path, root):
        self.path = path
        self.name = str(path.relative_to(root))
        self.lines = path.read_text(encoding="utf-8").splitlines()
        parts = [line.partition("//") for line in self.lines]
        self.code = [part[0] for part in parts]
        self.comments = [part[2] for part in parts]

    def at(self, index, message):
        return f"{self.name}:{index + 1}: {message}"

    def above(self, index):
        """The comments that belong to an order on line `index`: its own and those just above."""
        return " ".join(self.comments[max(0, index - ABOVE):index + 1])

    def below(self, index):
        """The code that a comment on line `index` speaks of."""
        end = index + 1
        while end < len(self.lines) and not self.code[end].strip():
            end += 1
        return "\n".join(self.code[index:end + REACH])


def sync_comments(sources):
    """NAME -> (source, line index, order, partners), and the problems of the comments."""
    found, problems = {}, []
    for source in sources:
        for index, comment in enumerate(source.comments):
            match = SYNC.search(comment)
            if not match:
                if LOOSE_SYNC.search(comment):
                    problems.append(source.at(
                        index, "write it as 'sync[NAME] ORDER -> PARTNER: why', on one line"))
                continue
            name, order, partners = match[1], match[2], re.split(r"\s*,\s*", match[3])
            if name in found:
                problems.append(source.at(index, f"sync[{name}] is there twice"))
            found[name] = (source, index, order, partners)
            orders = ORDER.findall(source.below(index))
            if order not in orders:
                problems.append(source.at(
                    index, f"sync[{name}] says {order}, which the next {REACH} lines do not hold"))
    return found, problems


def partner_problems(found):
    for name, (source, index, _, partners) in found.items():
        for partner in partners:
            if partner not in found:
                yield source.at(index, f"sync[{name}] names {partner}, which does not exist")
            elif name not in found[partner][3]:
                yield source.at(
                    index, f"sync[{name}] names {partner}, which does not name it back")


def order_problems(source, names):
    for index, code in enumerate(source.code):
        for order in ORDER.findall(code):
            above = source.above(index)
            if order == "relaxed" and not RELAXED.search(above):
                yield source.at(index, "relaxed without 'relaxed: why a stale value is harmless'")
            elif order == "seq_cst" and "seq_cst" not in above:
                yield source.at(index, "seq_cst without the interleaving that breaks without it")
            elif order in ("acquire", "release", "acq_rel", "consume"):
                cited = set(re.findall(r"(?:sync\[|\bas )(\w+)", above))
                if not cited & names:
                    yield source.at(index, f"{order} without a sync comment above it")


def default_order_problems(source):
    text = "\n".join(source.code)
    for call in CALL.finditer(text):
        depth, end = 1, call.end()
        while depth and end < len(text):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        arguments = text[call.end():end - 1].strip()
        if call[1] == "load" and arguments:
            continue  # an atomic's load() takes an order and nothing else
        if call[1] in ("store", "exchange") and arguments.count(",") > 1:
            continue  # an atomic's takes a value and an order
        if not re.search(r"memory_order|\border\b", arguments):
            yield source.at(text.count("\n", 0, call.start()), f"{call[1]}() leaves its order out")


def operator_problems(source, atomics):
    if not atomics:
        return
    name = r"\b(?:" + "|".join(sorted(atomics)) + r")(?!\w)"
    pattern = re.compile(rf"(?:\+\+|--)\s*{name}|{name}\s*(?:\+\+|--|[-+|&^]?=[^=])")
    for index, code in enumerate(source.code):
        if pattern.search(code) and not DECLARED.search(code):
            yield source.at(index, "an operator on an atomic leaves its order out")


def header_problems(source, by_path):
    if not any(DECLARED.search(code) for code in source.code):
        return
    family = [source, by_path.get(source.path.with_suffix(".hpp"))]
    for member in family:
        if member and "Roles:" in " ".join(member.comments[:30]):
            return
    yield source.at(0, "declares an atomic, but no '// Roles:' opens the file")


def library_problems(root, library):
    paths = sorted(p for p in (root / library).rglob("*") if p.suffix in (".hpp", ".cpp"))
    sources = [Source(path, root) for path in paths]
    by_path = {source.path: source for source in sources}
    found, problems = sync_comments(sources)
    problems += partner_problems(found)
    for source in sources:
        family = (source.path, source.path.with_suffix(".hpp"), source.path.with_suffix(".cpp"))
        atomics = {name for path in family if path in by_path
                   for code in by_path[path].code for name in DECLARED.findall(code)
                   if name.endswith("_")}
        problems += order_problems(source, set(found))
        problems += default_order_problems(source)
        problems += operator_problems(source, atomics)
        problems += header_problems(source, by_path)
    return problems, len(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root
    problems, count = [], 0
    for library in LIBRARIES:
        found, named = library_problems(root, library)
        problems += found
        count += named
    print("\n".join(problems) if problems else f"{count} sync comments, all of them paired")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
