#!/usr/bin/env python3
"""Makes the C++ table of the console's files: what server/console/console_files.hpp declares.

usage: embed_files.py OUTPUT.cpp FILE...

Fails on a file whose kind is not known, and on what the console's Content-Security-Policy would
refuse or what would bring markup in: scripts and styles inside a page, innerHTML and its kin.
"""
import hashlib
import re
import sys
from pathlib import Path

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
FORBIDDEN = {
    ".html": r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|https?://",
    ".js": r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
           r"|localStorage|sessionStorage|document\.cookie",
    ".css": r"@import|url\(",
}


def problem(path, text):
    if path.suffix not in CONTENT_TYPES:
        return "is of no kind that the console has"
    found = re.search(FORBIDDEN.get(path.suffix, r"(?!)"), text)
    return f"has '{found[0].strip()}'" if found else None


def array(name, data):
    rows = [", ".join(f"'\\x{byte:02x}'" for byte in data[at:at + 24])
            for at in range(0, len(data), 24)]
    return f"constexpr char {name}[] = {{\n" + ",\n".join(rows) + "};\n"


def main(output, names):
    arrays, rows = [], []
    for number, path in enumerate(sorted(map(Path, names), key=lambda each: each.name)):
        data = path.read_bytes()
        wrong = problem(path, data.decode("utf-8"))
        if wrong:
            sys.exit(f"{path.name} {wrong}")
        etag = hashlib.sha256(data).hexdigest()[:20]
        arrays.append(array(f"kFile{number}", data))
        rows.append(f'    {{"{path.name}", "{CONTENT_TYPES[path.suffix]}", "\\"{etag}\\"",\n'
                    f"     {{kFile{number}, sizeof kFile{number}}}}},\n")
    Path(output).write_text(
        '#include "console/console_files.hpp"\n\n#include <array>\n\n'
        "namespace sluice::console {\nnamespace {\n\n" + "\n".join(arrays) +
        f"\nconstexpr std::array<File, {len(rows)}> kFiles{{{{\n" + "".join(rows) + "}};\n\n"
        "}  // namespace\n\nstd::span<const File> files() noexcept { return kFiles; }\n\n"
        "}  // namespace sluice::console\n", encoding="ascii")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
