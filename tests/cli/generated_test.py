"""The completions and the manual page that the command makes of itself: what --help shows is in them."""

import re
import shutil
import subprocess
import unittest

from command import PROGRAM, CommandTest

SUBCOMMAND = re.compile(r"^  ([a-z]+) {2,}", re.MULTILINE)
OPTION = re.compile(r"^  ((?:-\w,)?--[a-z-]+|-\w)", re.MULTILINE)


class GeneratedTest(CommandTest):
    def help_of(self, path):
        """(subcommands, options) that --help shows."""
        text = self.run_sluice(*path, "--help").stdout.decode().split("\n\nExamples:")[0]
        subcommands = re.search(r"(?ms)^Subcommands:\n(.*?)(\n\n|\Z)", text)
        options = re.search(r"(?ms)^Options:\n(.*?)(\n\n|\Z)", text)
        names = [each for found in OPTION.findall(options[1]) for each in found.split(",")]
        return SUBCOMMAND.findall(subcommands[1] + "\n") if subcommands else [], names

    def commands(self, path=()):
        """Every path of subcommands, with what its --help shows."""
        subcommands, options = self.help_of(path)
        yield path, subcommands, options
        for name in subcommands:
            yield from self.commands((*path, name))

    def completed(self, words):
        """What bash offers for the last of `words`."""
        script = ('source <("$0" completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
                  'complete -p sluice > /dev/null && _sluice && printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script, PROGRAM, "sluice", *words],
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_bash_offers_what_help_shows(self):
        found = list(self.commands())
        self.assertGreater(len(found), 15)
        for path, subcommands, options in found:
            self.assertEqual(set(self.completed([*path, ""])), {*subcommands, *options}, path)

    def test_bash_completes_after_options_and_values(self):
        self.assertEqual(self.completed(["keys", "cr"]), ["create"])
        self.assertEqual(self.completed(["backup", "data", "--t"]), ["--to"])
        self.assertEqual(self.completed(["keys", "--json", "create", "--organization", "x", "--ex"]),
                         ["--expires"])

    def test_the_other_shells_know_every_command_and_option(self):
        for shell in ("zsh", "fish"):
            script = self.run_sluice("completion", shell).stdout.decode()
            for path, subcommands, options in self.commands():
                for name in subcommands:
                    self.assertTrue(re.search(rf"[' /]{name}\b", script), (shell, path, name))
                for name in options:
                    dashes, word = re.fullmatch("(--?)(.*)", name).groups()
                    wanted = name if shell == "zsh" else f"{'-l' if dashes == '--' else '-s'} {word}"
                    self.assertTrue(re.search(rf"(?<![\w-]){wanted}(?![\w-])", script),
                                    (shell, path, name))
            if shutil.which(shell):
                self.assertEqual(subprocess.run([shell, "-n"], input=script, text=True,
                                                check=False).returncode, 0)

    def test_an_unknown_shell_is_refused(self):
        refused = self.run_sluice("completion", "tcsh", expect=2)
        self.assertIn(b"bash", refused.stderr)

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
