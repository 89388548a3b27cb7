"""How `sluice` ends when the world does not let it finish: signals, closed pipes, full disks."""

import json
import os
import pty
import signal
import subprocess
import threading
import unittest

from command import PROGRAM, CommandTest, event


class Ending(CommandTest):
    def setUp(self):
        super().setUp()
        self.patterns = self.write("patterns.txt", ["order.*"])

    def start(self, *arguments, **options):
        process = subprocess.Popen(
            [PROGRAM, "match", "--subscriptions", self.patterns, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        self.addCleanup(watchdog.cancel)
        for stream in (process.stdin, process.stdout, process.stderr):
            self.addCleanup(stream.close)
        return process

    def test_a_slow_input_is_matched_as_it_comes_and_interrupted_cleanly(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            for threads in ("1", "2"):
                process = self.start("--threads", threads)
                for line in (1, 3, 5):
                    process.stdin.write(event("order.new").encode() + b"\n" + b'{"event_ty')
                    process.stdin.flush()
                    # The answer comes although the next line has only begun.
                    self.assertEqual(json.loads(process.stdout.readline())["line"], line)
                    process.stdin.write(b'pe":"x"}\n')
                process.stdin.write(b'{"event_type":"order.cut')
                process.stdin.flush()
                self.interrupt(process, number)
                said = process.stderr.read().splitlines()
                self.assertEqual(len(said), 1, said)
                summary = json.loads(said[0])
                self.assertEqual((summary["matches"], summary["invalid"]), (3, 0))

    def test_an_interrupted_summary_goes_to_standard_output(self):
        process = self.start("--output", "summary")
        process.stdin.write(b"x\n")
        process.stdin.flush()
        self.assertIn(b"<stdin>:1:", process.stderr.readline())
        self.interrupt(process, signal.SIGINT)
        self.assertEqual(json.loads(process.stdout.read())["invalid"], 1)

    def interrupt(self, process, number):
        process.send_signal(number)
        self.assertEqual(process.wait(timeout=60), 130)

    def test_a_reader_that_has_gone_ends_it_quietly(self):
        # As a shell starts it, SIGPIPE ends the process; where that is ignored, EPIPE does.
        for is_restored, expected in ((True, -signal.SIGPIPE), (False, 1)):
            process = self.start("--threads", "2", restore_signals=is_restored)
            process.stdout.close()
            try:
                process.stdin.write((event("order.new").encode() + b"\n") * 200_000)
            except BrokenPipeError:
                pass
            self.assertEqual(process.wait(timeout=60), expected)
            self.assertEqual(process.stderr.read(), b"")

    def test_a_full_disk_is_an_error(self):
        events = (event("order.new") + "\n").encode() * 10
        with open("/dev/full", "wb") as full:
            for arguments in (["match", "--subscriptions", self.patterns],
                              ["match", "--subscriptions", self.patterns, "--output", "summary"],
                              ["generate", "names", "--count", "10"]):
                done = self.run_sluice(*arguments, stdin=events, stdout=full, expect=1)
                self.assertEqual(done.stderr, b"sluice: cannot write standard output: "
                                              b"No space left on device\n")

    def test_a_terminal_shows_progress_and_a_pipe_does_not(self):
        lines = (event("user.x") + "\n").encode()
        ours, theirs = pty.openpty()
        process = subprocess.Popen([PROGRAM, "match", "--subscriptions", self.patterns],
                                   stdin=subprocess.PIPE, stderr=theirs)
        os.close(theirs)
        shown = b""
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        self.addCleanup(watchdog.cancel)
        while b"M events" not in shown and process.poll() is None:
            process.stdin.write(lines * 2_000)
            process.stdin.flush()
            os.set_blocking(ours, False)
            try:
                shown += os.read(ours, 4096)
            except BlockingIOError:
                pass
        process.stdin.close()
        self.assertEqual(process.wait(timeout=60), 0)
        os.close(ours)
        self.assertIn(b"M events", shown)
        done = self.run_sluice("match", "--subscriptions", self.patterns, stdin=lines * 500_000)
        self.assertEqual(done.stderr, b"")


if __name__ == "__main__":
    unittest.main()
