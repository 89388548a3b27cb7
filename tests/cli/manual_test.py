"""The manual page that the command makes of itself: what --help shows is in it."""

import shutil
import subprocess
import unittest

from command import CommandTest


class ManualTest(CommandTest):
    def test_the_manual_has_every_command_and_option(self):
        page = self.run_sluice("manual").stdout.decode()
        plain = page.replace("\\-", "-")
        for path, _, options in self.commands():
            if path:
                self.assertRegex(plain, rf"(?m)^\.S[HS] sluice {' '.join(path)}$")
            for name in options:
                self.assertIn(f"\\fB{name}\\fR", plain)
        self.assertEqual(plain.count("interrupted (SIGINT, SIGTERM)"), 1)
        if shutil.which("man"):
            done = subprocess.run(["man", "--warnings=all", "-E", "UTF-8", "-l", "-Tutf8", "-Z", "-"],
                                  input=page, text=True, capture_output=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
