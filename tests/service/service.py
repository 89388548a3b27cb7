"""Runs the service as an operator does, and speaks HTTP to it, for tests."""

import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import time
import unittest

PROGRAM = os.environ["SLUICE_PROGRAM"]
WEBHOOKS = "/v1/organizations/webhooks/"


def sanitizer_of(program):
    """Which sanitizer the program was built with: "address", "thread", or none."""
    content = pathlib.Path(program).read_bytes()
    return next((name for name, mark in (("address", b"__asan_init"), ("thread", b"__tsan_init"))
                 if mark in content), "")


SANITIZER = sanitizer_of(PROGRAM)
# Everything takes so many times as long, and so many times the memory: shadow memory, and what is kept
# back of freed memory.
PATIENCE = {"": 1, "address": 3, "thread": 10}[SANITIZER]
MEMORY_FACTOR = {"": 1, "address": 4, "thread": 10}[SANITIZER]


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)


class Service:
    """One `sluice serve` process. Its port is the kernel's choice."""

    def __init__(self, data_dir, *arguments, environment=None, prefix=(),
                 listen="127.0.0.1:0"):
        self.data_dir = pathlib.Path(data_dir)
        self.key = None
        self.log = []
        self.process = subprocess.Popen(
            [*prefix, PROGRAM, "serve", "--listen", listen, "--data-dir", str(data_dir),
             *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **(environment or {})})
        self.port = self._wait_until_it_listens()
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()

    def _wait_until_it_listens(self):
        for line in self.process.stderr:
            self.log.append(line)
            found = re.search(r"listening on https?://[^:]+:(\d+)", line)
            if found:
                return int(found[1])
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
        raise AssertionError(f"it ended with {self.process.returncode}: {''.join(self.log)}")

    def _read_log(self):
        for line in self.process.stderr:
            self.log.append(line)

    def first_key(self):
        """The admin key that the first start prints, once."""
        self.process.stdout.readline()
        return self.process.stdout.readline().split()[-1]

    def call(self, method, path, body=None, key=None, headers=None, timeout=120):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout * PATIENCE)
        try:
            given = dict(headers or {})
            key = key or self.key
            if key and "Authorization" not in given:
                given["Authorization"] = f"Bearer {key}"
            if isinstance(body, (dict, list)):
                body = json.dumps(body)
                given.setdefault("Content-Type", "application/json")
            connection.request(method, path, body=body, headers=given)
            response = connection.getresponse()
            return Answer(response, response.read())
        finally:
            connection.close()

    def post_events(self, events, **options):
        """Posts events as NDJSON."""
        body = "".join(json.dumps(event) + "\n" for event in events)
        return self.call("POST", "/v1/events", body.encode(),
                         headers={"Content-Type": "application/x-ndjson"}, **options)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._close()

    def stop(self, timeout=120):
        """The exit status after SIGTERM."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout * PATIENCE)
        self._close()
        return self.process.returncode

    def _close(self):
        self._reader.join(5)
        self.process.stdout.close()
        self.process.stderr.close()

    def resident_bytes(self):
        return self._memory("VmRSS")

    def peak_bytes(self):
        """The most that was ever resident."""
        return self._memory("VmHWM")

    def _memory(self, figure):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(figure):
                return int(line.split()[1]) * 1024
        raise AssertionError(f"no {figure}")

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class ServiceTest(unittest.TestCase):
    """A test case with a data directory of its own, and help to start services on it."""

    arguments = ()

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.data_dir = self.directory / "data"
        self._services = []

    def tearDown(self):
        for service in self._services:
            if service.process.poll() is None:
                service.stop()
            report = "".join(service.log)
            self.assertNotIn("Sanitizer", report, report)

    def start(self, *arguments, **options):
        service = Service(self.data_dir, *self.arguments, *arguments, **options)
        self._services.append(service)
        return service

    def start_first(self, *arguments, **options):
        """Starts on the empty data directory, with the admin key that it makes."""
        service = self.start(*arguments, **options)
        service.key = service.first_key()
        return service

    def sluice(self, *arguments, **options):
        """What the command writes to its standard output."""
        return self.sluice_done(*arguments, **options).stdout

    def sluice_done(self, *arguments, expect=0, environment=None):
        done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                              timeout=120 * PATIENCE, check=False,
                              env={**os.environ, **(environment or {})})
        self.assertEqual(done.returncode, expect, done.stderr)
        return done

    def make_key(self, organization="default", permissions="admin"):
        made = self.sluice("keys", "create", "--data-dir", self.data_dir, "--organization",
                           organization, "--permissions", permissions, "--json")
        return json.loads(made)["key"]

    def assert_error(self, answer, status, kind):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.json["success"], False)
        self.assertEqual(answer.json["status"], status)
        self.assertEqual(answer.json["error"]["type"], kind)
        self.assertTrue(answer.json["error"]["message"])
        self.assertIn("x-request-id", answer.headers)


def webhook(name="orders", event_types=("object.*",), url="https://example.com/hook", **fields):
    return {"webhook_name": name, "event_types": list(event_types),
            "channels": [{"channel": "webhook", "configs": {"url": url}}], **fields}


def wait_for(condition, seconds=60):
    """Whether `condition` came true in time, which is long enough for a machine that stalls."""
    end = time.monotonic() + seconds * PATIENCE
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False
