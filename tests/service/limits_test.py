"""The limits that a stranger meets: each has a setting, a clear answer, and leaves others alone."""

import pathlib
import re
import socket
import time
import unittest

from service import PATIENCE, WEBHOOKS, ServiceTest


def read_all(connection):
    data = b""
    while True:
        try:
            piece = connection.recv(65536)
        except ConnectionResetError:
            return data
        if not piece:
            return data
        data += piece


class Limits(ServiceTest):
    def connect(self, service):
        connection = socket.create_connection(("127.0.0.1", service.port), timeout=120 * PATIENCE)
        self.addCleanup(connection.close)
        return connection

    def raw(self, service, data):
        connection = self.connect(service)
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused already; what it was told can still be read
        return read_all(connection)

    def test_long_headers_and_urls_are_told(self):
        service = self.start_first()
        answer = self.raw(service, b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertTrue(answer.startswith(b"HTTP/1.1 414 "), answer[:200])
        answer = self.raw(service, b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 40_000 + b"\r\n\r\n")
        self.assertTrue(answer.startswith(b"HTTP/1.1 431 "), answer[:200])
        self.assertIn(b'"success":false', answer)

    def test_a_slow_header_ends_with_408(self):
        service = self.start_first("--http-header-timeout", "1")

        def seconds_until_408():
            connection = self.connect(service)
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
            begin = time.monotonic()
            answer = read_all(connection)
            self.assertTrue(answer.startswith(b"HTTP/1.1 408 "), answer[:200])
            return time.monotonic() - begin

        # Without the setting it would be ten at least; what stalls the machine does not come each time.
        self.assertTrue(any(seconds_until_408() < 10 for _ in range(5)))

    def test_a_stalled_body_ends_with_408(self):
        service = self.start_first("--http-body-timeout", "1")
        connection = self.connect(service)
        connection.sendall(b"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
                           service.key.encode() + b"\r\nContent-Type: application/x-ndjson\r\n"
                           b"Content-Length: 1000\r\n\r\n{")
        self.assertTrue(read_all(connection).startswith(b"HTTP/1.1 408 "))
        self.assertEqual(service.call("GET", "/healthz").status, 200)

    def test_connections_beyond_the_limit_are_503(self):
        service = self.start_first("--http-max-connections-per-address", "4")
        held = []
        for _ in range(4):
            connection = self.connect(service)
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertTrue(connection.recv(1000).startswith(b"HTTP/1.1 200 "))
            held.append(connection)
        answer = self.raw(service, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertTrue(answer.startswith(b"HTTP/1.1 503 "), answer[:200])
        self.assertIn(b"retry-after", answer.lower())

    def test_connections_fit_the_limit_of_open_files(self):
        service = self.start_first("--http-max-connections-per-address", "10000",
                                   prefix=("prlimit", "--nofile=64:600"))
        limits = pathlib.Path(f"/proc/{service.process.pid}/limits").read_text()
        self.assertRegex(limits, r"Max open files +600 +600")
        answers = []
        for _ in range(600):
            connection = self.connect(service)
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            answers.append(connection.recv(1000)[9:12])
        # The rest is for deliveries and files: the service still opens some of its own.
        served = answers.count(b"200")
        self.assertEqual(answers, [b"200"] * served + [b"503"] * (600 - served))
        self.assertTrue(100 <= served <= 400, served)
        made = self.sluice("keys", "create", "--data-dir", self.data_dir, "--organization",
                           "default", "--permissions", "read", "--json")
        self.assertTrue(made)

    def test_a_key_beyond_its_rate_is_429(self):
        service = self.start_first("--api-requests-per-second", "2")
        answers = [service.call("GET", WEBHOOKS)]
        self.assertEqual(answers[0].status, 200)
        while answers[-1].status != 429 and len(answers) < 1000:  # as soon as two come in half a second
            answers.append(service.call("GET", WEBHOOKS))
        self.assertEqual(answers[0].headers["x-ratelimit-limit"], "2")
        self.assertLessEqual(max(int(a.headers["x-ratelimit-remaining"]) for a in answers), 2)
        self.assert_error(answers[-1], 429, "TooManyRequestsError")
        self.assertIn("retry-after", answers[-1].headers)

    def test_smuggling_is_refused(self):
        service = self.start_first()
        for header in (b"Transfer-Encoding: xchunked\r\n",
                       b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
                       b"Content-Length: 3\r\nContent-Length: 4\r\n", b"Host: y\r\n",
                       b"X : y\r\n", b"X: y\r\n z\r\n"):
            answer = self.raw(service, b"POST /v1/events HTTP/1.1\r\nHost: x\r\n" + header +
                              b"\r\nabcGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertEqual(answer.count(b"HTTP/1.1 "), 1, (header, answer))
            self.assertTrue(answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 ")),
                            (header, answer))
        answer = self.raw(service, b"GET /healthz HTTP/1.1\r\n\r\n")
        self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)

    def test_pipelined_requests_are_answered_in_order(self):
        service = self.start_first()
        paths = [b"/healthz", b"/none", b"/readyz", b"/healthz"] * 10
        answer = self.raw(service, b"".join(
            b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n" for path in paths))
        statuses = re.findall(rb"HTTP/1\.1 (\d+) ", answer)
        self.assertEqual(statuses, [b"200", b"404", b"200", b"200"] * 10)

    def test_continue_is_answered_before_the_body(self):
        service = self.start_first()
        connection = self.connect(service)
        body = b'{"event_type":"a.b"}'
        connection.sendall(b"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
                           service.key.encode() + b"\r\nContent-Type: application/json\r\n"
                           b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: " +
                           str(len(body)).encode() + b"\r\n\r\n")
        self.assertTrue(connection.recv(1000).startswith(b"HTTP/1.1 100 "))
        connection.sendall(body)
        self.assertTrue(read_all(connection).startswith(b"HTTP/1.1 202 "))


if __name__ == "__main__":
    unittest.main()
