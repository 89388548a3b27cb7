"""The completions, asked as each shell asks them: they offer what --help shows."""

import os
import pty
import select
import subprocess
import time
import unittest

from command import PROGRAM, CommandTest

PATIENCE = 120  # seconds, of one shell

# What a person's .zshrc has, and notes of what is offered, of when keys are heard, and of the end.
ZSHRC = """
PROMPT=''
fpath=({fpath} $fpath)
autoload -Uz compinit
compinit -D -u
compadd() {{
  [[ $1 == -- ]] && print -rl -- "${{@[2,-1]}}" end > {directory}/offered
  builtin compadd "$@"
}}
sluice() {{ print -rl -- "$@" end > {directory}/called }}
zle-line-init() {{ print end > {directory}/ready }}
zle -N zle-line-init
"""


class Completion(CommandTest):
    def setUp(self):
        super().setUp()
        self.empty = self.directory / "empty"  # or names of files would be offered beside
        self.empty.mkdir()

    def by_bash(self, words):
        script = ('source <("$0" completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
                  'complete -p sluice > /dev/null && _sluice && printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script, PROGRAM, "sluice", *words],
                              capture_output=True, text=True, check=True, timeout=PATIENCE)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def by_fish(self, lines):
        """What fish offers for each of `lines`, in a directory without files."""
        script = self.write("sluice.fish", self.run_sluice("completion", "fish").stdout)
        asked = "".join(f"complete -C '{line}'; echo --------\n" for line in lines)
        done = subprocess.run(["fish", "--no-config", "-c", f"source {script}\n{asked}"], cwd=self.empty,
                              capture_output=True, text=True, check=True, timeout=PATIENCE,
                              env={**os.environ, "HOME": str(self.directory)})
        self.assertEqual(done.stderr, "")
        return [[line.split("\t")[0] for line in each.splitlines()]
                for each in done.stdout.split("--------\n")[:-1]]

    def zsh(self):
        """An interactive zsh that finds the completion where packages put it, ready for keys."""
        functions = self.directory / "functions"
        functions.mkdir(exist_ok=True)
        (functions / "_sluice").write_bytes(self.run_sluice("completion", "zsh").stdout)
        self.write(".zshrc", ZSHRC.format(fpath=functions, directory=self.directory))
        process, terminal = pty.fork()
        if process == 0:
            os.chdir(self.empty)
            os.execvpe("zsh", ["zsh", "-d", "-i"],
                       {**os.environ, "TERM": "dumb", "ZDOTDIR": str(self.directory)})
        self.addCleanup(os.waitpid, process, 0)
        self.addCleanup(os.close, terminal)  # zsh ends
        self.zsh_wrote(terminal, "ready")
        return terminal

    def zsh_wrote(self, terminal, name):
        """The lines of the file `name`, once it is there; what zsh draws meanwhile is passed over."""
        path, end, drawn = self.directory / name, time.monotonic() + PATIENCE, b""
        while not path.exists() or not path.read_text().endswith("end\n"):
            self.assertLess(time.monotonic(), end, drawn.decode(errors="replace"))
            if select.select([terminal], [], [], 0.05)[0]:
                drawn += os.read(terminal, 65536)
        lines = path.read_text().splitlines()
        path.unlink()
        return lines[:-1]

    def test_bash_offers_what_help_shows(self):
        found = list(self.commands())
        self.assertGreater(len(found), 15)
        for path, subcommands, options in found:
            self.assertEqual(set(self.by_bash([*path, ""])), {*subcommands, *options}, path)

    def test_bash_completes_after_options_and_values(self):
        self.assertEqual(self.by_bash(["keys", "cr"]), ["create"])
        self.assertEqual(self.by_bash(["backup", "data", "--t"]), ["--to"])
        self.assertEqual(self.by_bash(["keys", "--json", "create", "--organization", "x", "--ex"]),
                         ["--expires"])

    def test_fish_offers_what_help_shows(self):
        found = list(self.commands())
        lines = [" ".join(("sluice", *path, end)) for path, _, _ in found for end in ("", "-")]
        offered = iter(self.by_fish(lines))
        for path, subcommands, options in found:
            self.assertEqual(set(next(offered)), set(subcommands), path)
            self.assertEqual(set(next(offered)), set(options), path)

    def test_fish_completes_after_options_and_values(self):
        self.assertEqual(self.by_fish(["sluice we", "sluice keys cr", "sluice backup data --t",
                                       "sluice keys --json create --organization x --ex"]),
                         [["webhooks"], ["create"], ["--to"], ["--expires"]])

    def test_zsh_offers_what_help_shows_from_the_first_key_on(self):
        terminal = self.zsh()
        for path, subcommands, options in self.commands():
            os.write(terminal, f"{' '.join(('sluice', *path, ''))}\t".encode())
            self.assertEqual(set(self.zsh_wrote(terminal, "offered")), {*subcommands, *options}, path)
            os.write(terminal, b"\x15")  # the line is dropped

    def test_zsh_completes_words_in_the_line(self):
        terminal = self.zsh()
        os.write(terminal, b"sluice ke\tcr\t--ex\t 1h\n")
        self.assertEqual(self.zsh_wrote(terminal, "called"), ["keys", "create", "--expires", "1h"])

    def test_an_unknown_shell_is_refused(self):
        refused = self.run_sluice("completion", "tcsh", expect=2)
        self.assertIn(b"bash", refused.stderr)


if __name__ == "__main__":
    unittest.main()
