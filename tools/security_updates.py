#!/usr/bin/env python3
"""Which of the Debian packages that a program is linked with have a security update that is not installed.

    tools/security_updates.py [PROGRAM]     build/release/bin/sluice when it is left out

What is fixed is read from the index of Debian's security suite, as the last `apt-get update` brought it.
Exit status: 0 none of them has one, 1 some have, 2 it cannot be told.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).resolve().parent.parent / "build/release/bin/sluice"
VERSION = re.compile(r"^(?: \*\*\* |     )(\S+) -?\d+$")
SOURCE = re.compile(r"^ +-?\d+ \S+ (\S+) \S+ Packages$")


class Unknown(Exception):
    """It cannot be told, and why."""


def output_of(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              env={**os.environ, "LC_ALL": "C"})
    except FileNotFoundError as error:
        raise Unknown(f"{command[0]} is not there: this is for Debian") from error
    return done.stdout


def packages_of(program):
    """Those that the libraries come from which the program loads."""
    if not program.is_file():
        raise Unknown(f"{program} is not there: build it first")
    libraries = re.findall(r"(?:=> )?(/\S+) \(0x", output_of("ldd", str(program)))
    packages = set()
    for library in libraries:
        # A package may name it by /usr/lib or by /lib, which are one directory.
        places = {library, "/usr" + library, library.removeprefix("/usr"), str(Path(library).resolve())}
        owners = re.findall(r"^([^\s:]+)(?::\S+)?: /", output_of("dpkg-query", "-S", *places), re.MULTILINE)
        if not owners:
            raise Unknown(f"{library} is of no package")
        packages.update(owners)
    if not packages:
        raise Unknown(f"{program} loads no library")
    return sorted(packages)


def policies(text):
    """Of `apt-cache policy`: package, installed version, versions that the security suite has."""
    for name, rest in re.findall(r"^(\S+):\n((?: .*\n?)+)", text, re.MULTILINE):
        installed = re.search(r"Installed: (\S+)", rest)
        version, fixed = None, []
        for line in rest.splitlines():
            if found := VERSION.match(line):
                version = found[1]
            elif (found := SOURCE.match(line)) and "-security" in found[1]:
                fixed.append(version)
        yield name, installed[1] if installed else "(none)", fixed


def is_newer(one, other):
    return subprocess.run(["dpkg", "--compare-versions", one, "gt", other], check=False).returncode == 0


def main():
    program = Path(sys.argv[1]) if len(sys.argv) > 1 else PROGRAM
    try:
        packages = packages_of(program)
        if "-security" not in output_of("apt-cache", "policy"):
            raise Unknown("apt has no index of a security suite: run apt-get update")
        behind = []
        for name, installed, fixed in policies(output_of("apt-cache", "policy", *packages)):
            newer = [version for version in fixed if is_newer(version, installed)]
            if newer:
                behind.append(name)
                print(f"{name}: {installed} is installed, {', '.join(newer)} is the update")
    except Unknown as why:
        print(f"tools/security_updates.py: {why}", file=sys.stderr)
        return 2
    print(f"{len(packages)} packages, {len(behind)} with a security update that is not installed"
          + (f": apt-get install --only-upgrade {' '.join(behind)}" if behind else ""))
    return 1 if behind else 0


if __name__ == "__main__":
    sys.exit(main())
