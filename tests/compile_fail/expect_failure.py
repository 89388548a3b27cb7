#!/usr/bin/env python3
"""expect_failure.py FILE COMPILER FLAG...: FILE compiles; with -DSLUICE_BAD_LINE it does not, and
the compiler says what the line `// expect: REGEX` of FILE asks for."""
import re
import subprocess
import sys


def compile_file(compiler, path, flags):
    run = subprocess.run([*compiler, *flags, path], capture_output=True, text=True, check=False)
    return run.returncode == 0, run.stderr


def main():
    path, *compiler = sys.argv[1:]
    with open(path, encoding="ascii") as file:
        expected = re.search(r"^// expect: (.+)$", file.read(), re.MULTILINE)
    if not expected:
        return f"{path}: says no '// expect: REGEX'"
    is_good, message = compile_file(compiler, path, [])
    if not is_good:
        return f"{path}: does not compile without its bad line:\n{message}"
    is_good, message = compile_file(compiler, path, ["-DSLUICE_BAD_LINE"])
    if is_good:
        return f"{path}: the bad line compiles"
    if not re.search(expected[1], message):
        return f"{path}: the bad line fails, but not with '{expected[1]}':\n{message}"
    return None


if __name__ == "__main__":
    sys.exit(main())
