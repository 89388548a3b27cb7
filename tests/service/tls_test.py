"""TLS as clients and operators meet it: certificates, their reload, and everything that plain HTTP has."""

import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

from service import PATIENCE, WEBHOOKS, Service, ServiceTest, wait_for, webhook

GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """A root, an intermediate that it signed, and certificates that this one signs."""

    def __init__(self, directory):
        self.directory = directory
        self.root = directory / "root.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", directory / "root.key", "-out", self.root, "-days", 2, "-subj", "/CN=root")
        self._sign("intermediate", "root", "basicConstraints=critical,CA:TRUE")

    def _sign(self, name, signer, extensions):
        at = self.directory
        (at / f"{name}.ext").write_text(extensions + "\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                at / f"{name}.key", "-out", at / f"{name}.csr", "-subj", f"/CN={name}")
        os.chmod(at / f"{name}.key", 0o600)
        openssl("x509", "-req", "-in", at / f"{name}.csr", "-CA", at / f"{signer}.pem", "-CAkey",
                at / f"{signer}.key", "-CAcreateserial", "-days", 2, "-extfile", at / f"{name}.ext",
                "-out", at / f"{name}.pem")

    def issue(self, name):
        """The files of a chain and a key for localhost."""
        self._sign(name, "intermediate", "subjectAltName=DNS:localhost,IP:127.0.0.1")
        chain = self.directory / f"{name}-chain.pem"
        chain.write_text((self.directory / f"{name}.pem").read_text() +
                         (self.directory / "intermediate.pem").read_text())
        return chain, self.directory / f"{name}.key"


class Tls(ServiceTest):
    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.shared.cleanup)
        cls.authority = Authority(pathlib.Path(cls.shared.name))
        cls.first = cls.authority.issue("first")
        cls.second = cls.authority.issue("second")

    def setUp(self):
        super().setUp()
        self.chain = self.directory / "chain.pem"
        self.key_file = self.directory / "key.pem"
        self.install(self.first)
        self.context = ssl.create_default_context(cafile=str(self.authority.root))

    def install(self, identity):
        for source, target in zip(identity, (self.chain, self.key_file)):
            target.write_bytes(source.read_bytes())
            target.chmod(0o600)

    def start_tls(self, *arguments):
        service = self.start("--tls-certificate-file", self.chain, "--tls-key-file", self.key_file,
                             *arguments)
        service.key = service.first_key()
        return service

    def connect(self, service, context=None):
        raw = socket.create_connection(("127.0.0.1", service.port), timeout=120 * PATIENCE)
        self.addCleanup(raw.close)
        secured = (context or self.context).wrap_socket(raw, server_hostname="localhost")
        self.addCleanup(secured.close)
        return secured

    def call(self, service, method, path, body=None, headers=None):
        client = http.client.HTTPSConnection("localhost", service.port, context=self.context,
                                             timeout=120 * PATIENCE)
        try:
            client.request(method, path, body=body,
                           headers={"Authorization": f"Bearer {service.key}", **(headers or {})})
            response = client.getresponse()
            return response.status, response.read()
        finally:
            client.close()

    def curl(self, *arguments):
        return subprocess.run(["curl", "-sS", "--cacert", self.authority.root, *map(str, arguments)],
                              capture_output=True, text=True, timeout=120 * PATIENCE, check=False)

    def serial(self, service):
        """Which certificate a new connection is shown."""
        return self.connect(service).getpeercert()["serialNumber"]

    def fails_to_start(self, *arguments):
        with self.assertRaises(AssertionError) as failure:
            Service(self.data_dir, *map(str, arguments))
        return str(failure.exception)

    def test_a_chain_is_verified_by_clients_of_several_kinds(self):
        service = self.start_tls()
        self.assertTrue(any("listening on https://127.0.0.1:" in line for line in service.log))
        url = f"https://localhost:{service.port}"
        done = self.curl("-v", f"{url}/healthz")
        self.assertEqual((done.returncode, done.stdout), (0, '{"status":"ok"}'), done.stderr)
        self.assertRegex(done.stderr, "server accepted http/1.1")
        refused = subprocess.run(["curl", "-sS", f"{url}/healthz"], capture_output=True, check=False)
        self.assertEqual(refused.returncode, 60)  # nobody trusts that root unasked
        asked = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{service.port}", "-CAfile",
             self.authority.root, "-verify_return_error", "-servername", "localhost"],
            input="", capture_output=True, text=True, timeout=120 * PATIENCE, check=False)
        self.assertIn("Verify return code: 0 (ok)", asked.stdout)
        self.assertEqual(asked.stdout.count(" s:CN = "), 2)  # the chain has both
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = ssl.create_default_context(cafile=str(self.authority.root))
            context.minimum_version = context.maximum_version = version
            connection = self.connect(service, context)
            connection.sendall(GET)
            self.assertTrue(connection.recv(1000).startswith(b"HTTP/1.1 200 "))

    def test_the_commands_speak_to_it(self):
        service = self.start_tls()
        server = f"https://localhost:{service.port}"
        trusting = {"SLUICE_SERVER": server, "SLUICE_API_KEY": service.key,
                    "SLUICE_CA_FILE": str(self.authority.root)}
        self.sluice("webhooks", "create", "--name", "orders", "--event-type", "order.*", "--url",
                    "https://example.com/hook", environment=trusting)
        self.assertIn("orders", self.sluice("webhooks", "list", "--server", server, "--ca-file",
                                            self.authority.root,
                                            environment={"SLUICE_API_KEY": service.key}))
        distrusting = {**trusting, "SLUICE_CA_FILE": ""}
        self.assertIn("certificate", self.sluice_done("webhooks", "list", expect=1,
                                                      environment=distrusting).stderr)
        loaded = self.sluice_done("load", "--server", server, "--ca-file", self.authority.root,
                                  "--seconds", "1", environment={"SLUICE_API_KEY": service.key})
        self.assertEqual(loaded.returncode, 0)

    def test_sighup_shows_the_new_certificate_to_new_connections(self):
        service = self.start_tls()
        before = self.connect(service)
        old = self.serial(service)
        self.install(self.second)
        service.process.send_signal(signal.SIGHUP)
        self.assertTrue(wait_for(lambda: self.serial(service) != old))
        before.sendall(GET)
        self.assertTrue(before.recv(1000).startswith(b"HTTP/1.1 200 "))

    def test_a_broken_file_keeps_the_old_certificate(self):
        service = self.start_tls()
        old = self.serial(service)
        mismatched = (self.second[0], self.first[1])
        for break_it in (lambda: self.install(mismatched), lambda: self.chain.write_text("x"),
                         self.key_file.unlink):
            self.install(self.first)
            break_it()
            before = len(service.log)
            service.process.send_signal(signal.SIGHUP)
            self.assertTrue(wait_for(lambda: any("the certificate in use stays" in line
                                                 for line in service.log[before:])))
            self.assertEqual(self.serial(service), old)
        self.install(self.second)
        service.process.send_signal(signal.SIGHUP)
        self.assertTrue(wait_for(lambda: self.serial(service) != old))

    def test_a_wrong_setting_ends_the_start_and_is_named(self):
        tls = ("--tls-certificate-file", self.chain, "--tls-key-file")
        self.assertIn("tls.key_file is not set", self.fails_to_start(*tls[:2]))
        self.assertIn("tls.certificate_file is not set",
                      self.fails_to_start("--tls-key-file", self.key_file))
        said = self.fails_to_start(*tls, self.directory / "absent.pem")
        self.assertRegex(said, r"tls.key_file: .*absent.pem cannot be read: No such file")
        self.assertIn("tls.key_file: ", self.fails_to_start(*tls, self.second[1]))
        self.assertIn("is not the key of the certificate in",
                      self.fails_to_start(*tls, self.second[1]))
        said = self.fails_to_start("--tls-certificate-file", self.key_file, "--tls-key-file",
                                   self.key_file)
        self.assertRegex(said, r"tls.certificate_file: .* holds no certificate in PEM form")
        self.assertFalse((self.data_dir / "config.db").exists())  # it was told before all else

    def test_a_key_that_everybody_may_read_is_warned_of(self):
        self.key_file.chmod(0o644)
        service = self.start_tls()
        self.assertTrue(any("may read the private key" in line for line in service.log))

    def test_listening_to_others_without_tls_is_warned_of(self):
        told = "other machines can connect without TLS"
        tls = ("--tls-certificate-file", self.chain, "--tls-key-file", self.key_file)
        for listen, arguments, is_told in (
                ("0.0.0.0:0", (), True), ("127.0.0.1:0", (), False), ("0.0.0.0:0", tls, False),
                ("0.0.0.0:0", ("--proxy-trusted", "10.0.0.0/8"), False)):
            service = self.start(*arguments, listen=listen)
            self.assertEqual(any(told in line for line in service.log), is_told, arguments)
            service.stop()

    def test_slow_handshakes_are_cut_off_and_delay_nobody(self):
        service = self.start_tls("--http-handshake-timeout", "1")
        silent = [socket.create_connection(("127.0.0.1", service.port), timeout=120 * PATIENCE)
                  for _ in range(50)]
        for connection in silent:
            self.addCleanup(connection.close)
            connection.sendall(b"\x16\x03\x01")
        self.assertEqual(self.call(service, "GET", "/healthz")[0], 200)
        for connection in silent:
            self.assertEqual(connection.recv(1000), b"")

    def test_plain_http_is_told_where_it_is(self):
        service = self.start_tls()
        done = self.curl("-w", "%{http_code}", f"http://localhost:{service.port}/healthz")
        self.assertEqual(done.stdout[-3:], "400")
        self.assertIn("https://", done.stdout)

    def test_big_bodies_go_both_ways(self):
        service = self.start_tls()
        events = self.directory / "events.ndjson"
        with events.open("w") as file:
            for i in range(200_000):
                file.write(f'{{"event_type":"order.created","n":{i},"x":"{"y" * 40}"}}\n')
        done = self.curl("-X", "POST", "-H", f"Authorization: Bearer {service.key}", "-H",
                         "Content-Type: application/x-ndjson", "-T", events,
                         f"https://localhost:{service.port}/v1/events")
        self.assertEqual(json.loads(done.stdout)["accepted"], 200_000, done.stdout[:300])
        for i in range(300):
            status, said = self.call(service, "POST", WEBHOOKS, json.dumps(webhook(
                name=f"w{i}", event_types=[f"a.b{n}.c{'d' * 60}" for n in range(40)])),
                {"Content-Type": "application/json"})
            self.assertEqual(status, 201, said[:300])
        status, body = self.call(service, "GET", WEBHOOKS + "?limit=1000")
        self.assertEqual(status, 200)
        self.assertGreater(len(body), 500_000)
        self.assertEqual(body.count(b'"webhook_id"'), 300)

    def test_ten_thousand_small_requests_on_kept_connections(self):
        service = self.start_tls()

        def ask(count):
            client = http.client.HTTPSConnection("localhost", service.port, context=self.context,
                                                 timeout=120 * PATIENCE)
            for _ in range(count):
                client.request("GET", "/healthz")
                response = client.getresponse()
                if (response.status, response.read()) != (200, b'{"status":"ok"}'):
                    return False
            client.close()
            return True

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            self.assertEqual(list(pool.map(ask, [1250] * 8)), [True] * 8)
        said = self.call(service, "GET", "/metrics")[1].decode()
        accepted = re.search(r"^sluice_http_connections_accepted_total (\d+)", said, re.MULTILINE)
        self.assertLess(int(accepted[1]), 20)

    def test_pipelined_requests_keep_their_order(self):
        service = self.start_tls()
        connection = self.connect(service)
        connection.sendall(b"".join(b"GET /none%d HTTP/1.1\r\nHost: x\r\nX-Request-Id: id-%d\r\n\r\n"
                                    % (i, i) for i in range(200)))
        said = b""
        while said.count(b"HTTP/1.1 404 ") < 200:
            piece = connection.recv(65536)
            self.assertTrue(piece, said[-300:])
            said += piece
        ids = re.findall(rb"X-Request-Id: id-(\d+)", said)
        self.assertEqual([int(each) for each in ids], list(range(200)))

    def test_a_client_that_has_closed_its_half_gets_its_answer(self):
        service = self.start_tls()
        raw = socket.create_connection(("127.0.0.1", service.port), timeout=120 * PATIENCE)
        self.addCleanup(raw.close)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = self.context.wrap_bio(incoming, outgoing, server_hostname="localhost")

        def step(action):
            while True:
                try:
                    return action()
                except ssl.SSLWantReadError:
                    if outgoing.pending:
                        raw.sendall(outgoing.read())
                    incoming.write(raw.recv(65536))

        step(client.do_handshake)
        client.write(GET)  # behind the end of the handshake
        raw.sendall(outgoing.read())
        raw.shutdown(socket.SHUT_WR)
        self.assertTrue(step(lambda: client.read(1000)).startswith(b"HTTP/1.1 200 "))

    def test_a_stop_under_load_cuts_no_answer_short(self):
        service = self.start_tls()
        answered, broken, ready = [], [], threading.Event()

        def ask():
            while True:
                try:
                    connection = self.context.wrap_socket(
                        socket.create_connection(("127.0.0.1", service.port), timeout=120 * PATIENCE),
                        server_hostname="localhost")
                except OSError:
                    return  # it accepts nobody any more
                with connection:
                    for _ in range(50):
                        said = b""
                        try:
                            connection.sendall(GET)
                            while not said.endswith(b"}"):
                                piece = connection.recv(1000)
                                if not piece:
                                    break
                                said += piece
                        except OSError:
                            pass  # between two requests
                        if said.endswith(b'{"status":"ok"}'):
                            answered.append(1)
                        elif said:
                            broken.append(said)
                        else:
                            return
                        if len(answered) > 200:
                            ready.set()

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        self.assertTrue(ready.wait(120 * PATIENCE))
        self.assertEqual(service.stop(), 0)
        for thread in threads:
            thread.join(120 * PATIENCE)
        self.assertEqual(broken, [])

    def test_the_console_and_its_headers_are_the_same(self):
        service = self.start_tls()
        connection = http.client.HTTPSConnection("localhost", service.port, context=self.context)
        self.addCleanup(connection.close)
        connection.request("GET", "/")
        response = connection.getresponse()
        page = response.read()
        self.assertEqual(response.status, 200)
        self.assertIn("default-src", response.headers["Content-Security-Policy"])
        self.assertNotIn(b"http://", page)


if __name__ == "__main__":
    unittest.main()
