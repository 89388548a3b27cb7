#!/usr/bin/env python3
"""Lets spin look at every state of trie.pml, which must be right, and of its broken variants, each of which
must be found out: a checker that accepts those has looked at nothing.

--long: more operations, and a reader that looks twice; some minutes and 3 GB.
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import time

MODEL = pathlib.Path(__file__).with_name("trie.pml")
BROKEN = ("WITHOUT_FREEZE", "WITHOUT_GRACE_PERIOD", "READER_NOT_AWAITED", "OWN_CHANGE_FORGOTTEN")


def run(command, directory):
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def check(*defines):
    """What spin says about the model: errors, the violated assertion or "", states."""
    with tempfile.TemporaryDirectory(prefix="sluice-spin-") as directory:
        run(["spin", "-a", *[f"-D{define}" for define in defines], str(MODEL)], directory)
        run(["cc", "-O1", "-w", "-DSAFETY", "-DCOLLAPSE", "-o", "pan", "pan.c"], directory)
        said = run(["./pan", "-m100000", "-w24"], directory)
    errors = int(re.search(r"errors: (\d+)", said)[1])
    states = int(re.search(r"(\d+) states, stored", said)[1])
    violated = re.search(r"assertion violated (.*) \(at depth", said)
    if "Search not completed" in said and errors == 0:
        sys.exit(said)
    return errors, violated[1] if violated else "", states


def main():
    wanted = [()]
    if "--long" in sys.argv[1:]:
        wanted = [("OPERATIONS=2", "PIECES=13"), ("READS=2",)]
    failed = False
    for defines in wanted:
        begin = time.monotonic()
        errors, violated, states = check(*defines)
        print(f"{' '.join(defines) or 'trie'}: {states:,} states, {errors} errors {violated}"
              f" ({time.monotonic() - begin:.0f} s)", flush=True)
        failed |= errors != 0
    for define in BROKEN:
        errors, violated, states = check(define)
        print(f"{define}: {'found out' if errors else 'NOT FOUND OUT'} after {states:,} states: {violated}",
              flush=True)
        failed |= not violated
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
