"""Many receivers in one process that note how long each event was under way, one that takes events
and notes nothing, and one that hangs, but for events of windows whose name has `calm` in it.

usage: timed_receivers.py COUNT. It prints {"noting": [port, ...], "taking": port, "hanging": port},
then for each line of input how many times were noted so far, and at the end of input
{window: [milliseconds, ...]}. An event's metadata has its window and when it was sent, in nanoseconds
of the monotonic clock, which processes share.
"""

import asyncio
import collections
import json
import re
import sys
import time

MARKS = re.compile(rb'"window": ?"([^"]+)", ?"sent": ?(\d+)')
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
noted = collections.defaultdict(list)


class Receiver(asyncio.Protocol):
    def __init__(self, is_noting, hangs=False):
        self.is_noting, self.hangs = is_noting, hangs

    def connection_made(self, transport):
        self.transport, self.rest = transport, b""

    def data_received(self, data):
        now = time.monotonic_ns()
        self.rest += data
        while True:
            head, end, body = self.rest.partition(b"\r\n\r\n")
            length = int(LENGTH.search(head)[1]) if end else 0
            if not end or len(body) < length:
                return
            window, sent = MARKS.search(body[:length]).groups()
            if self.is_noting:
                noted[window.decode()].append((now - int(sent)) / 1e6)
            self.rest = body[length:]
            if not self.hangs or b"calm" in window:
                self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")


async def main():
    loop = asyncio.get_running_loop()

    async def listen(protocol):
        server = await loop.create_server(protocol, "127.0.0.1", 0)
        return server.sockets[0].getsockname()[1]

    ports = {"noting": [await listen(lambda: Receiver(True)) for _ in range(int(sys.argv[1]))],
             "taking": await listen(lambda: Receiver(False)),
             "hanging": await listen(lambda: Receiver(False, hangs=True))}
    print(json.dumps(ports), flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(sum(map(len, noted.values())), flush=True)
    print(json.dumps(noted), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
