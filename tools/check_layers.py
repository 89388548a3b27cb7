#!/usr/bin/env python3
"""Checks that dependencies point one way.

  - A quoted include reaches only the layers that the includer may use (ALLOWED).
  - A public header includes public headers and the standard library, nothing else.
  - The parts of engine/src use those below them only, and there is no circle of includes.
  - The parts of server use those below them only.
"""
import argparse
import re
import sys
from fnmatch import fnmatch
from pathlib import Path

# Longest prefix decides the layer of a file.
LAYERS = ("engine/include", "engine/src", "server", "tools", "bench",
          "tests/support", "tests/engine", "tests/fuzz", "tests")
ALLOWED = {
    "engine/include": {"engine/include"},
    "engine/src": {"engine/include", "engine/src"},
    "server": {"engine/include", "server"},
    "tools": {"engine/include", "server", "tools"},
    "bench": {"engine/include", "engine/src", "server", "tests/support", "bench"},
    "tests/support": {"engine/include", "tests/support"},
    "tests/engine": {"engine/include", "engine/src", "tests/support", "tests/engine"},
    "tests/fuzz": {"engine/include", "engine/src", "server", "tests/support", "tests/engine",
                   "tests/fuzz"},
    "tests": {"engine/include", "server", "tools", "tests/support", "tests"},
}
ROOTS = ("engine/include", "engine/src", "tests", "tools", "server", "bench", "")

# The parts of engine/src and the files of each, by stem. A part may include itself and those that
# it names; what is in no part fails, so that a new file is given its place here.
PARTS = {
    "memory": "assert hash operation pool reclaim result unpublished word",
    "index": "directory draft name_table piece segments subscriber_set subscriber_slot symbols "
             "text_table trail trie versions webhook",
    "matching": "answer_buffer globstar_walk matcher matcher_impl reader reader_impl "
                "resolved_cache scope_runs walk",
    "decoding": "event_decoder json/*",
    "streaming": "stream stream_*",
}
PART_MAY_USE = {
    "memory": set(),
    "index": {"memory"},
    "matching": {"memory", "index"},
    "decoding": {"memory"},
    "streaming": {"memory"},
}
# What the parts may know of each other's public side.
# The parts of the service, one a directory of server/, and those that each may include.
SERVER_MAY_USE = {
    "settings": set(),
    "asio": set(),
    "base": set(),
    "domain": {"base"},
    "config_store": {"base", "domain"},
    "journal": {"base"},
    "backup": {"base", "config_store", "journal"},
    "http": {"base"},
    "console": set(),
    "ingest": {"base", "domain", "journal"},
    "delivery": {"base", "domain", "config_store", "journal"},
    "api": {"base", "domain", "config_store", "journal", "http", "ingest", "delivery",
            "console"},
    "metrics": {"base", "domain", "journal", "http", "delivery"},
    "app": {"settings", "base", "domain", "config_store", "journal", "http", "ingest", "delivery",
            "api", "metrics"},
}
PUBLIC_FORBIDDEN = {
    "memory": {"matcher", "event", "stream"},
    "index": {"event", "stream"},
    "matching": {"event", "stream"},
    "decoding": {"matcher", "stream"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def layer_of(path):
    matching = [layer for layer in LAYERS if path.startswith(layer + "/")]
    return max(matching, key=len, default=None)


def cpp_files(root):
    for top in sorted({layer.split("/")[0] for layer in LAYERS}):
        for path in sorted((root / top).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.suffix in (".hpp", ".cpp", ".ipp") and not name.startswith("tests/checks/"):
                yield name


def resolve(root, includer, target):
    """The project's file that `target` means, or None."""
    for base in (str(Path(includer).parent), *ROOTS):
        path = Path(base) / target
        if (root / path).is_file():
            return path.as_posix()
    return None


def is_generated(root, includer, target):
    """Whether a CMakeLists.txt beside or above the includer speaks of `target`."""
    for folder in Path(includer).parents:
        listing = root / folder / "CMakeLists.txt"
        if listing.is_file() and target in listing.read_text(encoding="utf-8"):
            return True
    return False


def includes_of(root, name):
    text = (root / name).read_text(encoding="utf-8")
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[1], match[2]


def layer_problems(root, name):
    layer = layer_of(name)
    for line, quoted, angled in includes_of(root, name):
        if angled:
            is_ours = angled.startswith("sluice/")
            if layer == "engine/include" and not is_ours and re.search(r"[./]", angled):
                yield f"{name}:{line}: a public header includes <{angled}>"
            continue
        target = resolve(root, name, quoted)
        if target is None and is_generated(root, name, quoted):
            continue
        if target is None:
            yield f'{name}:{line}: "{quoted}" is no file of the project'
        elif layer_of(target) not in ALLOWED[layer]:
            yield f"{name}:{line}: {layer} must not include {target}"


def part_of(name):
    stem = name.removeprefix("engine/src/").rpartition(".")[0]
    for part, members in PARTS.items():
        if any(fnmatch(stem, member) for member in members.split()):
            return part
    return None


def part_problems(root, name):
    if not name.startswith("engine/src/"):
        return
    part = part_of(name)
    if part is None:
        yield f"{name} has no place in PARTS of tools/check_layers.py"
        return
    for line, quoted, _ in includes_of(root, name):
        target = quoted and resolve(root, name, quoted)
        if not target:
            continue
        if target.startswith("engine/src/"):
            if part_of(target) not in PART_MAY_USE[part] | {part, None}:
                yield f"{name}:{line}: {part} must not include {target}"
        elif Path(target).stem in PUBLIC_FORBIDDEN.get(part, ()):
            yield f"{name}:{line}: {part} must not include {target}"


def server_part(name):
    parts = Path(name).parts
    return parts[1] if len(parts) > 2 and parts[0] == "server" else None


def server_problems(root, name):
    part = server_part(name)
    if part is None:
        return
    if part not in SERVER_MAY_USE:
        yield f"{name} has no place in SERVER_MAY_USE of tools/check_layers.py"
        return
    for line, quoted, _ in includes_of(root, name):
        target = quoted and resolve(root, name, quoted)
        if target and target.startswith("server/") and \
                server_part(target) not in SERVER_MAY_USE[part] | {part}:
            yield f"{name}:{line}: {part} must not include {target}"


def circle_problems(root, names):
    graph = {name: [target for _, quoted, _ in includes_of(root, name) if quoted
                    and (target := resolve(root, name, quoted)) in names] for name in names}
    done, path = set(), []

    def visit(name):
        if name in path:
            yield " -> ".join(path[path.index(name):] + [name]) + ": a circle of includes"
        elif name not in done:
            done.add(name)
            path.append(name)
            for target in graph[name]:
                yield from visit(target)
            path.pop()

    for name in sorted(names):
        yield from visit(name)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root
    names = list(cpp_files(root))
    problems = []
    for name in names:
        problems += layer_problems(root, name)
        problems += part_problems(root, name)
        problems += server_problems(root, name)
    problems += circle_problems(root, {name for name in names if name.startswith(("engine/", "server/"))})
    print("\n".join(problems) if problems else f"{len(names)} files, every include points down")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
