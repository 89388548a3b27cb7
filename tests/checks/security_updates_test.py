#!/usr/bin/env python3
"""security_updates_test.py SCRIPT: what tools/security_updates.py makes of what Debian's tools say."""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = sys.argv.pop(1)
LDD = """\tlinux-vdso.so.1 (0x00007ffe)
\tlibold.so.1 => /lib/x86_64-linux-gnu/libold.so.1 (0x00007f01)
\tlibnew.so.2 => /lib/x86_64-linux-gnu/libnew.so.2 (0x00007f02)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f03)
"""
OWNERS = """libold1:amd64: /usr/lib/x86_64-linux-gnu/libold.so.1
libnew2:amd64: /usr/lib/x86_64-linux-gnu/libnew.so.2
libc6:amd64: /lib64/ld-linux-x86-64.so.2
"""
SOURCES = " 500 http://mirror/debian-security bookworm-security/main amd64 Packages\n"
POLICY = """libold1:
  Installed: 1.0-1+deb12u9
  Candidate: 1.0-1+deb12u10
  Version table:
     1.0-1+deb12u10 500
        500 http://mirror/debian-security bookworm-security/main amd64 Packages
 *** 1.0-1+deb12u9 100
        100 /var/lib/dpkg/status
     1.0-1 500
        500 http://mirror/debian bookworm/main amd64 Packages
libnew2:
  Installed: 2.0-2
  Candidate: 2.0-3
  Version table:
     2.0-3 500
        500 http://mirror/debian bookworm/main amd64 Packages
 *** 2.0-2 500
        500 http://mirror/debian-security bookworm-security/main amd64 Packages
        100 /var/lib/dpkg/status
"""


class SecurityUpdates(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = Path(directory.name)
        self.program = self.directory / "program"
        self.program.touch()
        self.fake("ldd", f"cat <<'X'\n{LDD}X")
        self.fake("dpkg-query", 'for place in "$@"; do\ngrep -F " $place" <<\'X\'\n' + OWNERS + "X\ndone")

    def fake(self, name, script):
        path = self.directory / name
        path.write_text(f"#!/bin/bash\n{script}\n", encoding="ascii")
        path.chmod(0o755)

    def ask(self, policy, sources=SOURCES):
        self.fake("apt-cache", f"if [ $# -eq 1 ]; then cat <<'X'\n{sources}X\nelse cat <<'X'\n{policy}X\nfi")
        return subprocess.run(
            [sys.executable, "-B", SCRIPT, str(self.program)], capture_output=True, text=True, check=False,
            env={**os.environ, "PATH": f"{self.directory}:{os.environ['PATH']}"})

    def test_what_the_security_suite_has_and_the_machine_lacks_is_named(self):
        done = self.ask(POLICY)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stdout.splitlines(), [
            "libold1: 1.0-1+deb12u9 is installed, 1.0-1+deb12u10 is the update",
            "3 packages, 1 with a security update that is not installed: "
            "apt-get install --only-upgrade libold1"])

    def test_other_updates_are_not_counted(self):
        done = self.ask(POLICY[POLICY.index("libnew2:"):])
        self.assertEqual((done.returncode, done.stdout),
                         (0, "3 packages, 0 with a security update that is not installed\n"))

    def test_what_cannot_be_told_is_said(self):
        done = self.ask(POLICY, sources=" 500 http://mirror/debian bookworm/main amd64 Packages\n")
        self.assertEqual(done.returncode, 2)
        self.assertIn("apt-get update", done.stderr)
        self.fake("dpkg-query", "true")
        done = self.ask(POLICY)
        self.assertEqual(done.returncode, 2)
        self.assertIn("is of no package", done.stderr)


if __name__ == "__main__":
    unittest.main()
