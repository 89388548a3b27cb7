"""Reverse proxies: whose address counts, for /metrics and for limits, and whose word is not taken."""

import random
import socket
import struct
import unittest

from service import PATIENCE, Service, ServiceTest

METRICS = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
TRUSTED = ("--proxy-trusted", "127.0.0.1,10.0.0.0/8")
EXPECTED = (*TRUSTED, "--proxy-protocol", "required")


def metrics(forwarded=None):
    return METRICS % (b"" if forwarded is None else b"X-Forwarded-For: %s\r\n" % forwarded)


def text_header(client):
    return b"PROXY TCP4 %s 127.0.0.1 40000 8080\r\n" % client


def binary_header(client, command=0x21):
    addresses = socket.inet_aton(client) + socket.inet_aton("127.0.0.1") + struct.pack(">HH", 1, 2)
    return (b"\r\n\r\n\0\r\nQUIT\n" + bytes([command, 0x11]) + struct.pack(">H", len(addresses)) +
            addresses)


class Proxies(ServiceTest):
    def say(self, service, data, source="127.0.0.1"):
        """All that is answered, by the end of the connection."""
        said = b""
        with socket.create_connection(("127.0.0.1", service.port), timeout=120 * PATIENCE,
                                      source_address=(source, 0)) as connection:
            try:
                connection.sendall(data)
                while piece := connection.recv(65536):
                    said += piece
            except ConnectionError:
                pass  # closed over bytes that nobody reads
        return said

    def status(self, *arguments, **options):
        said = self.say(*arguments, **options)
        return int(said[9:12]) if said else None

    def test_nobody_is_believed_by_default(self):
        service = self.start()
        self.assertEqual(self.status(service, metrics()), 200)
        # A proxy that nobody named speaks for somebody: the service does not know for whom.
        self.assertEqual(self.status(service, metrics(b"127.0.0.1")), 403)
        self.assertEqual(self.status(service, text_header(b"192.0.2.1") + HEALTH), 400)

    def test_a_trusted_proxy_says_whose_a_request_is(self):
        service = self.start(*TRUSTED)
        for forwarded, status in ((b"192.0.2.1", 403), (b"127.0.0.1, 192.0.2.1", 403),
                                  (b"127.0.0.1, 192.0.2.1, 10.0.0.1", 403), (b"127.0.0.1", 200),
                                  (b"192.0.2.1, 127.0.0.2", 200), (b"unknown", 403), (b"", 200)):
            self.assertEqual(self.status(service, metrics(forwarded)), status, forwarded)
        self.assertEqual(self.status(service, metrics()), 200)
        self.assertEqual(self.status(service, metrics(b"127.0.0.1"), source="127.0.0.2"), 403)

    def test_the_proxy_protocol_says_whose_a_connection_is(self):
        service = self.start(*EXPECTED)
        for header in (text_header(b"192.0.2.1"), binary_header("192.0.2.1")):
            self.assertEqual(self.status(service, header + metrics()), 403)
            self.assertEqual(self.status(service, header + HEALTH), 200)
        for header in (text_header(b"127.0.0.9"), binary_header("127.0.0.9"), b"PROXY UNKNOWN\r\n",
                       binary_header("192.0.2.1", command=0x20)):
            self.assertEqual(self.status(service, header + metrics()), 200, header)
        # From others it is no header but a malformed request.
        self.assertEqual(self.status(service, HEALTH, source="127.0.0.2"), 200)
        self.assertEqual(self.status(service, text_header(b"127.0.0.9") + HEALTH,
                                     source="127.0.0.2"), 400)

    def test_what_is_no_header_closes_the_connection(self):
        service = self.start(*EXPECTED)
        chance = random.Random(7)
        for data in (HEALTH, b"PROXY TCP4 nonsense\r\n", b"PROXY UNKNOWN " + b"x" * 200,
                     binary_header("192.0.2.1", command=0x31), b"\x16\x03\x01\x00\x05hello",
                     *(b"\0" + chance.randbytes(200) for _ in range(100))):
            self.assertEqual(self.say(service, data), b"", data)
        self.assertEqual(self.status(service, text_header(b"192.0.2.1") + HEALTH), 200)

    def test_clients_are_limited_by_their_own_address(self):
        service = self.start(*EXPECTED, "--http-max-connections-per-address", "2")
        held = []
        for client, status in ((b"192.0.2.1", 200), (b"192.0.2.1", 200), (b"192.0.2.1", 503),
                               (b"192.0.2.2", 200), (b"192.0.2.3", 200)):
            connection = socket.create_connection(("127.0.0.1", service.port), timeout=120 * PATIENCE)
            self.addCleanup(connection.close)
            connection.sendall(text_header(client) + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertEqual(int(connection.recv(1000)[9:12]), status, client)
            held.append(connection)
        for connection in held:
            connection.close()

    def test_a_header_that_does_not_come_is_not_waited_for(self):
        service = self.start(*EXPECTED, "--http-handshake-timeout", "1")
        self.assertEqual(self.say(service, b"PROXY TCP4 192.0.2"), b"")

    def test_a_wrong_setting_ends_the_start_and_is_named(self):
        for arguments, told in (
                (("--proxy-trusted", "10.0.0.1/8"), "proxy.trusted: '10.0.0.1/8' is not a network"),
                (("--proxy-trusted", "localhost"), "proxy.trusted: 'localhost'"),
                (("--proxy-protocol", "required"), "proxy.trusted names nobody")):
            with self.assertRaises(AssertionError) as failure:
                Service(self.data_dir, *arguments)
            self.assertIn(told, str(failure.exception))


if __name__ == "__main__":
    unittest.main()
