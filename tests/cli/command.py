"""Runs the command `sluice` as a user does, in a directory of its own."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["SLUICE_PROGRAM"]
SUBCOMMAND = re.compile(r"^  ([a-z]+) {2,}", re.MULTILINE)
OPTION = re.compile(r"^  ((?:-\w,)?--[a-z-]+|-\w)", re.MULTILINE)


class CommandTest(unittest.TestCase):
    """A test case with an empty directory, which goes away after each test."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def write(self, name, content):
        """Writes a file of lines (a list), text or bytes; returns its path."""
        if isinstance(content, list):
            content = "".join(line + "\n" for line in content)
        if isinstance(content, str):
            content = content.encode()
        path = self.directory / name
        path.write_bytes(content)
        return str(path)

    def run_sluice(self, *arguments, stdin=b"", expect=0, **options):
        options.setdefault("stdout", subprocess.PIPE)
        done = subprocess.run([PROGRAM, *map(str, arguments)], input=stdin, timeout=120,
                              stderr=subprocess.PIPE, check=False, **options)
        self.assertEqual(done.returncode, expect, done.stderr.decode(errors="replace"))
        return done

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

    def match(self, subscriptions, events, *arguments, **options):
        """Matches and returns the output's objects."""
        done = self.run_sluice("match", "--subscriptions", subscriptions, "--events", events,
                               *arguments, **options)
        return objects(done.stdout)

    def summary(self, subscriptions, events, *arguments, **options):
        (one,) = self.match(subscriptions, events, "--output", "summary", *arguments, **options)
        return one


def objects(output):
    return [json.loads(line) for line in output.splitlines()]


def event(name, **fields):
    return json.dumps({"event_type": name, **fields})


def webhook(identifier, patterns, **fields):
    return json.dumps({"webhook_id": identifier, "event_types": patterns, **fields})
