"""Redis Streams with `appendfsync always`, which is what durable means to Redis: XADD in pipelines of
1,000 entries over one connection, as many on the way as keep the server busy.
"""

import shutil
import socket
import time

from brokers import wait_until_it_listens
from children import Child, MeasurementFailed
from peers import free_port

BATCH = 1000
IN_FLIGHT = 4
PAYLOAD = b"x" * 480  # with the field's name and the id, what an event of 500 B carries


def entry():
    parts = (b"XADD", b"events", b"*", b"event", PAYLOAD)
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part)
                                              for part in parts)


class Connection:
    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._lines = 0

    def send(self, request):
        self._socket.sendall(request)

    def wait_for_lines(self, count):
        """Lines of answers; an entry's id is two of them, its length and itself."""
        while self._lines < count:
            piece = self._socket.recv(1 << 16)
            if not piece or piece.startswith(b"-") or b"\r\n-" in piece:
                raise MeasurementFailed(f"redis-server: {piece[:200]!r}")
            self._lines += piece.count(b"\n")
        self._lines -= count

    def number(self, *words):
        self.send(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word)
                                                     for word in words))
        return int(self._socket.recv(100).removeprefix(b":"))

    def close(self):
        self._socket.close()


class RedisStreams:
    name = "Redis Streams, appendfsync always"

    def __init__(self, bench):
        self.directory = bench.disk / "redis"
        self.directory.mkdir()
        port = free_port()
        self.child = Child(["redis-server", "--port", port, "--bind", "127.0.0.1", "--dir",
                            self.directory, "--appendonly", "yes", "--appendfsync", "always",
                            "--save", "", "--auto-aof-rewrite-percentage", "0"],
                           bench.disk / "redis.log")
        wait_until_it_listens(self.child, port)
        self._connection = Connection(port)

    def rate(self, seconds):
        """Entries a second that were synced, all of them there afterwards."""
        batch, sent, answered = entry() * BATCH, 0, 0
        before = self._connection.number(b"XLEN", b"events")
        begin = time.monotonic()
        while sent < IN_FLIGHT or time.monotonic() - begin < seconds:
            self._connection.send(batch)
            sent += 1
            if sent - answered >= IN_FLIGHT:
                self._connection.wait_for_lines(2 * BATCH)
                answered += 1
        self._connection.wait_for_lines(2 * BATCH * (sent - answered))
        spent = time.monotonic() - begin
        kept = self._connection.number(b"XLEN", b"events") - before
        if kept != sent * BATCH:
            raise MeasurementFailed(f"{sent * BATCH} entries were acknowledged, {kept} are there")
        self._connection.number(b"DEL", b"events")
        return kept / spent

    def stop(self):
        self._connection.close()
        self.child.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


def redis_streams(bench):
    """None where it is not installed."""
    return RedisStreams(bench) if shutil.which("redis-server") else None
