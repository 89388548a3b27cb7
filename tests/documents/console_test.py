#!/usr/bin/env python3
"""console_test.py DOCUMENT BIN: types every command of DOCUMENT's ```console blocks into a shell, in
one scratch copy of the data, with BIN in front of the PATH, and compares what they print.

A line that begins with `$ ` is a command (the next ones belong to it while it ends with a backslash);
the lines below it are its output. `...` in them stands for any text, a line of its own for any lines."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def sessions(text):
    """(line number, command, expected output) of every command, in order."""
    number, inside, command, output, begin = 0, False, None, [], 0
    for line in text.splitlines() + ["```"]:
        number += 1
        if line.startswith("```"):
            if command is not None:
                yield begin, command, output
            inside, command = line == "```console", None
        elif inside and command is not None and command.endswith("\\"):
            command = command[:-1] + line
        elif inside and line.startswith("$ "):
            if command is not None:
                yield begin, command, output
            begin, command, output = number, line[2:], []
        elif inside:
            output.append(line)


def as_regex(output):
    lines = []
    for line in output:
        if line == "...":
            lines.append(r"(?:.*\n)*")
        else:
            lines.append(r".*".join(re.escape(part) for part in line.split("...")) + r"\n")
    return "".join(lines)


def run_in(scratch, command, bin_directory):
    environment = dict(os.environ, PATH=f"{bin_directory}:{os.environ['PATH']}", LC_ALL="C.UTF-8")
    run = subprocess.run(["bash", "-c", command], cwd=scratch, env=environment, text=True,
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, timeout=120, check=False)
    return run.stdout


def main():
    document, bin_directory = Path(sys.argv[1]), Path(sys.argv[2]).resolve()
    commands, failures = 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copytree(document.resolve().parent.parent / "data", Path(scratch) / "data")
        for line, command, output in sessions(document.read_text(encoding="utf-8")):
            commands += 1
            printed = run_in(scratch, command, bin_directory)
            if not re.fullmatch(as_regex(output), printed):
                failures += 1
                print(f"{document}:{line}: $ {command}\nexpected:\n" + "\n".join(output) +
                      f"\nprinted:\n{printed}")
    print(f"{commands} commands, {failures} of them print something else")
    return 1 if failures or not commands else 0


if __name__ == "__main__":
    sys.exit(main())
