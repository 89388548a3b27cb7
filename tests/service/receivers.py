"""Receivers that tests deliver to: an HTTP server that records and obeys, and `sluice listen`, which
is fast."""

import base64
import hashlib
import hmac
import http.server
import json
import re
import subprocess
import threading


class Received:
    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, headers, body

    def is_signed_with(self, secret):
        """Whether a signature of Standard Webhooks fits."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        message = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode()
        digest = hmac.new(key, message + self.body, hashlib.sha256).digest()
        wanted = "v1," + base64.b64encode(digest).decode()
        return wanted in self.headers["webhook-signature"].split()


class Receiver:
    """Answers each request with what `answers` says of its turn: (status, headers, body)."""

    def __init__(self, answer=None, host="127.0.0.1"):
        self.requests = []
        self._event_ids, self._requests_read = [], 0
        self.answer = answer or (lambda number: (204, {}, b""))
        self._lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle(self):
                try:
                    super().handle()
                except ConnectionError:
                    pass  # a service that was killed says no goodbye

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with receiver._lock:
                    number = len(receiver.requests)
                    receiver.requests.append(Received(self.path, headers, body))
                status, fields, answer = receiver.answer(number)
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                if status != 204:
                    self.wfile.write(answer)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer((host, 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://{host}:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def event_ids(self):
        """The ids of all events that have arrived, alone or in batches, each as often as it came. Reads
        what is new since the last call, for one thread."""
        while self._requests_read < len(self.requests):
            body = json.loads(self.requests[self._requests_read].body)
            self._requests_read += 1
            self._event_ids += [each["event_id"] for each in (body if isinstance(body, list) else [body])]
        return self._event_ids

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Refuser(Receiver):
    """Refuses events whose number, behind the last "-" of their ids, is a multiple of `every` when they
    come for the first time."""

    def __init__(self, every):
        super().__init__(self._answer_turn)
        self.every, self.refused, self.accepted = every, set(), []

    def _answer_turn(self, number):
        event_id = json.loads(self.requests[number].body)["event_id"]
        if int(event_id.rpartition("-")[2]) % self.every == 0 and event_id not in self.refused:
            self.refused.add(event_id)
            return 500, {}, b""
        self.accepted.append(event_id)
        return 204, {}, b""

    def event_ids(self):
        return list(self.accepted)


class Listener:
    """`sluice listen`, for deliveries of one short event; what it prints goes to `path`."""

    def __init__(self, program, path, *arguments):
        self._output = open(path, "wb")
        self.process = subprocess.Popen([program, "listen", "--port", "0", *arguments],
                                        stdout=self._output, stderr=subprocess.PIPE, text=True)
        found = re.search(r"listening on (http://\S+)", self.process.stderr.readline())
        assert found, "sluice listen did not start"
        self.url = found[1]
        self._input = open(path, "rb")
        self._rest = b""
        self._event_ids = []

    def event_ids(self):
        """The ids of all events that have arrived, in order, each as often as it came."""
        *lines, self._rest = (self._rest + self._input.read()).split(b"\n")
        for line in lines:
            if line.startswith(b"{"):
                self._event_ids.append(json.loads(line)["event_id"])
        return self._event_ids

    def close(self):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stderr, self._input, self._output):
            stream.close()
