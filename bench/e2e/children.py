"""Programs that a measurement starts. Each has a deadline, none outlives the measurement, and each
is ended by its own process id.
"""

import atexit
import ctypes
import json
import os
import select
import signal
import subprocess
import time
from pathlib import Path

_LIBC = ctypes.CDLL(None)
_running = []


class MeasurementFailed(Exception):
    """A program failed, or did not end in time, or gave no sign of life."""


class PeerMissing(Exception):
    """What a measurement compares with is not installed: it is left out, and said so."""


def die_with_parent():
    """For preexec_fn: whatever ends the starter ends the program. SIGTERM, so that nginx takes its
    workers along."""
    _LIBC.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Child:
    """A program that runs until it is stopped; what it says on standard error goes to `log`."""

    def __init__(self, command, log, environment=None):
        self.command = [str(part) for part in command]
        self._log = log
        with open(log, "wb") as errors:
            # The way to PDEATHSIG; nothing here has threads when it starts programs.
            self.process = subprocess.Popen(  # pylint: disable=subprocess-popen-preexec-fn
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                env={**os.environ, **(environment or {})}, preexec_fn=die_with_parent)
        self.pid = self.process.pid
        self._unread = b""
        _running.append(self)

    def said(self):
        return self._log.read_text(errors="replace")

    def read_line(self, seconds):
        """The next line of standard output."""
        end = time.monotonic() + seconds
        while b"\n" not in self._unread:
            ready, _, _ = select.select([self.process.stdout], [], [],
                                        max(0, end - time.monotonic()))
            piece = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not piece:
                raise MeasurementFailed(f"{self.command[0]} is silent: {self.said()[-500:]}")
            self._unread += piece
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()

    def tell(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def cpu_seconds(self):
        return cpu_seconds(self.pid)

    def memory_bytes(self, field="VmRSS"):
        for line in Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
        raise MeasurementFailed(f"no {field}")

    def stop(self, how=signal.SIGTERM, seconds=20):
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self in _running:
            _running.remove(self)
            self.process.stdin.close()
            self.process.stdout.close()


def cpu_seconds(pid):
    """User and system time of a process that runs, to the nanosecond: its scheduling clock. What
    /proc tells is counted in ticks, which miss threads that sleep and wake between two."""
    return time.clock_gettime(~pid << 3 | 2)


def let_disk_settle(directory, seconds=3):
    """So that nobody pays for what another left to be written. It is not waited for for ever; a
    `sync` that hangs in the kernel ends by itself."""
    settling = subprocess.Popen(  # pylint: disable=consider-using-with
        ["sync", "-f", str(directory)])
    try:
        settling.wait(seconds)
    except subprocess.TimeoutExpired:
        pass


def stop_all():
    for child in list(_running):
        child.stop(signal.SIGKILL)


def run(command, seconds, environment=None, directory=None):
    """The standard output of a program that ends by itself."""
    command = [str(part) for part in command]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                              text=True, timeout=seconds, cwd=directory,
                              env={**os.environ, **(environment or {})})
    except subprocess.TimeoutExpired as error:
        raise MeasurementFailed(f"{command[0]} did not end in {seconds} s") from error
    if done.returncode != 0:
        raise MeasurementFailed(f"{' '.join(command[:3])}: {done.stderr[-500:]}")
    return done.stdout


def run_json(command, seconds, environment=None):
    return json.loads(run(command, seconds, environment))


atexit.register(stop_all)
