"""Runs the command `sluice` as a user does, in a directory of its own."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["SLUICE_PROGRAM"]


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
