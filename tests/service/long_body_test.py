"""A body that is longer than any memory: the service takes it as it comes, and stays below 512 MiB.

SLUICE_LONG_BODY_BYTES makes it another length, and SLUICE_LONG_BODY_DIR lets it lie on another disk; the
figures are printed."""

import os
import pathlib
import shutil
import socket
import tempfile
import time
import unittest

from service import MEMORY_FACTOR, PATIENCE, ServiceTest

BODY_BYTES = int(os.environ.get("SLUICE_LONG_BODY_BYTES", (1 << 30) // (PATIENCE * PATIENCE)))
RESIDENT_LIMIT = (512 << 20) * MEMORY_FACTOR


class LongBody(ServiceTest):
    # What is kept of it is kept short, so that the test needs little disk.
    arguments = ("--retention-bytes", "256MiB")

    def setUp(self):
        super().setUp()
        elsewhere = os.environ.get("SLUICE_LONG_BODY_DIR")
        if elsewhere:
            directory = tempfile.mkdtemp(dir=elsewhere)
            self.addCleanup(shutil.rmtree, directory)
            self.data_dir = pathlib.Path(directory) / "data"

    def test_a_body_of_any_length_passes_in_bounded_memory(self):
        service = self.start_first()
        line = b'{"event_type":"object.created","metadata":{"text":"' + b"x" * 430 + b'"}}\n'
        piece = line * ((1 << 20) // len(line))
        pieces = max(1, BODY_BYTES // len(piece))
        begin = time.monotonic()
        with socket.create_connection(("127.0.0.1", service.port), timeout=60 * PATIENCE) as connection:
            connection.sendall(b"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
                               service.key.encode() +
                               b"\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n"
                               b"Content-Length: " + str(pieces * len(piece)).encode() + b"\r\n\r\n")
            for _ in range(pieces):
                connection.sendall(piece)
            answer = b""
            while received := connection.recv(65536):
                answer += received
        seconds = time.monotonic() - begin
        events = pieces * (len(piece) // len(line))
        peak = service.peak_bytes()
        print(f"{pieces * len(piece) / 2**30:.2f} GiB, {events} events, {seconds:.1f} s, "
              f"{peak / 2**20:.0f} MiB resident at most, {service.processor_seconds():.1f} s of processor time",
              flush=True)
        self.assertTrue(answer.startswith(b"HTTP/1.1 202 "), answer[:500])
        self.assertIn(f'"accepted":{events},"duplicates":0,"rejected":0'.encode(), answer)
        self.assertLess(peak, RESIDENT_LIMIT)
        # Others are served as before.
        self.assertEqual(service.post_events([{"event_type": "a.b"}]).status, 202)


if __name__ == "__main__":
    unittest.main()
