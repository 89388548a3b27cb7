#!/usr/bin/env python3
"""console_test.py DOCUMENT BIN: types every command of DOCUMENT's ```console blocks into one shell, in
one scratch copy of the data, with BIN in front of the PATH, and compares what they print.

A line that begins with `$ ` is a command (the next ones belong to it while it ends with a backslash);
the lines below it are its output. `...` in them stands for any text, a line of its own for any lines."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

PATIENCE = 120  # seconds, of one command


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


class Shell:
    """A shell that commands are typed into; what it starts in the background ends with it."""

    END = "<<the command has ended>>"

    def __init__(self, scratch, bin_directory):
        environment = dict(os.environ, PATH=f"{bin_directory}:{os.environ['PATH']}",
                           LC_ALL="C.UTF-8")
        self.process = subprocess.Popen(
            ["bash"], cwd=scratch, env=environment, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)

    def type(self, command):
        """What the command prints. Its own input is empty."""
        self.process.stdin.write(f"{{ {command}\n}} </dev/null\necho '{self.END}'\n")
        self.process.stdin.flush()
        watchdog = threading.Timer(PATIENCE, self.end)
        watchdog.start()
        printed = []
        for line in self.process.stdout:
            if line.endswith(self.END + "\n"):
                printed.append(line[: -len(self.END) - 1])
                break
            printed.append(line)
        watchdog.cancel()
        return "".join(printed)

    def end(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def main():
    document, bin_directory = Path(sys.argv[1]), Path(sys.argv[2]).resolve()
    commands, failures = 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copytree(document.resolve().parent.parent / "data", Path(scratch) / "data")
        shell = Shell(scratch, bin_directory)
        for line, command, output in sessions(document.read_text(encoding="utf-8")):
            commands += 1
            printed = shell.type(command)
            if printed and not printed.endswith("\n"):
                printed += "\n"
            if not re.fullmatch(as_regex(output), printed):
                failures += 1
                print(f"{document}:{line}: $ {command}\nexpected:\n" + "\n".join(output) +
                      f"\nprinted:\n{printed}")
        shell.end()
    print(f"{commands} commands, {failures} of them print something else")
    return 1 if failures or not commands else 0


if __name__ == "__main__":
    sys.exit(main())
