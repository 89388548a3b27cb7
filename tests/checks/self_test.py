#!/usr/bin/env python3
"""self_test.py CHECK CASES: runs CHECK over every directory of CASES as if it were the project. Its
file expected.txt holds what the check must say, one regular expression a line; an empty one means
that the check must pass."""
import contextlib
import io
import re
import runpy
import sys
from pathlib import Path


def run(check, root):
    """The exit status of the check, and what it says."""
    said = io.StringIO()
    sys.argv = [check, "--root", str(root)]
    with contextlib.redirect_stdout(said):
        try:
            runpy.run_path(check, run_name="__main__")
        except SystemExit as end:
            return end.code, said.getvalue()
    return 0, said.getvalue()


def problem(check, case):
    expected = (case / "expected.txt").read_text(encoding="ascii").splitlines()
    status, said = run(check, case)
    if status != (1 if expected else 0):
        return f"{case}: exit status {status}\n{said}"
    for line in expected:
        if not re.search(line, said):
            return f"{case}: does not say '{line}', but\n{said}"
    return None


def main():
    check, cases = sys.argv[1], sorted(p for p in Path(sys.argv[2]).iterdir() if p.is_dir())
    problems = [text for case in cases if (text := problem(check, case))]
    if len(cases) < 2:
        problems.append(f"{cases}: a good case and a bad one are the least")
    print("\n".join(problems) or f"{len(cases)} cases judged rightly")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
