"""Two hosts in one machine: network namespaces of the test's own, joined by a cable that nftables cuts. The
main thread is on the near host, and whatever it starts. Nothing of the machine's own network is touched, and
all of it goes with the process."""

import contextlib
import ctypes
import os
import re
import subprocess

CLONE_NEWNET = 0x40000000
NEAR, FAR = "10.213.0.1", "10.213.0.2"
NETWORK = "10.213.0.0/24"
_libc = ctypes.CDLL(None, use_errno=True)


class Unavailable(Exception):
    """Why there are no such hosts here."""


def _checked(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _run(*command, stdin=None):
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unavailable(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


class Hosts:
    def __init__(self):
        """Errors: Unavailable."""
        self._anchor = None
        self._machine = os.open("/proc/self/ns/net", os.O_RDONLY)
        try:
            self._far = self._new_host()
            self._anchor = subprocess.Popen(["sleep", "infinity"])  # by whose number the cable finds it
            self._near = self._new_host()
            _run("ip", "link", "set", "lo", "up")
            _run("ip", "link", "add", "near", "type", "veth", "peer", "name", "far", "netns",
                 str(self._anchor.pid))
            self._connect("near", NEAR)
            with self.far():
                self._connect("far", FAR)
            self.heal()
        except (OSError, Unavailable) as error:
            self.close()
            raise Unavailable(str(error)) from error

    @staticmethod
    def _new_host():
        _checked(_libc.unshare(CLONE_NEWNET))
        return os.open("/proc/thread-self/ns/net", os.O_RDONLY)

    @staticmethod
    def _connect(device, address):
        _run("ip", "address", "add", f"{address}/24", "dev", device)
        _run("ip", "link", "set", device, "up")

    def close(self):
        """The main thread is on the machine itself again."""
        _libc.setns(self._machine, CLONE_NEWNET)
        if self._anchor:
            self._anchor.kill()
            self._anchor.wait()

    @contextlib.contextmanager
    def far(self):
        """What this thread opens and starts meanwhile is on the far host."""
        _checked(_libc.setns(self._far, CLONE_NEWNET))
        try:
            yield
        finally:
            _checked(_libc.setns(self._near, CLONE_NEWNET))

    def disturb(self, *rules, way="input"):
        """What the far host does with packets from now on, instead of what it did."""
        lines = "".join(f"add rule inet faults {way} {rule}\n" for rule in rules)
        with self.far():
            _run("nft", "-f", "-", stdin="table inet faults\ndelete table inet faults\n"
                 "table inet faults {\n"
                 "  chain input { type filter hook input priority 0; }\n"
                 "  chain output { type filter hook output priority 0; }\n}\n" + lines)

    def heal(self):
        self.disturb()

    def disturbed(self):
        """Packets that a rule with `counter` has met."""
        with self.far():
            listing = _run("nft", "list", "table", "inet", "faults")
        return sum(map(int, re.findall(r"counter packets (\d+)", listing)))
