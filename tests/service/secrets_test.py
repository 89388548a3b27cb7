"""Secrets stay where they belong: in no log, metric, answer, error text, core file or readable file; and
what a stranger writes makes no line of the log and no header of its own."""

import json
import os
import resource
import signal
import socket
import subprocess
import unittest

from receivers import Receiver
from service import SANITIZER, WEBHOOKS, ServiceTest, wait_for, webhook

PASSWORD, SMS_TOKEN = "smtp-Quetzal-password", "sms-Quetzal-token"
BOT_TOKEN = "xoxb-Quetzal-bot-token"
SLACK_PATH = "/services/T0/B0/QuetzalSlackPath"
HEADER = "Bearer Quetzal-header-value"
SIGNING = "whsec_UXVldHphbHNpZ25pbmdzZWNyZXQxMjM0NQ=="
SECRETS = (PASSWORD, SMS_TOKEN, BOT_TOKEN, "QuetzalSlackPath", "Quetzal-header-value", SIGNING,
           "UXVldHphbHNpZ25pbmdzZWNyZXQxMjM0NQ")
# A line break, a second line, a terminal's escape, a bell, what Unicode takes for a line break.
HOSTILE = "x\r\n2026-11-24T00:00:00Z error forged\x1b[2J\x07\u2028forged\u0085forged\x00"


def core_bit(process):
    """Whether a process that ends by SIGABRT leaves a core file."""
    process.send_signal(signal.SIGABRT)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = -os.WTERMSIG(status)
    return os.WCOREDUMP(status)


def allow_core():
    """In a directory that is a test's own, since that is where core files go."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))


class Secrets(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8", "--log-level", "debug", "--log-format", "json",
                 "--smtp-url", "smtp://127.0.0.1:9", "--smtp-username", "sluice", "--smtp-from",
                 "a@example.com", "--sms-account", "AC1", "--sms-from", "+15550001111")
    environment = {"SLUICE_SMTP_PASSWORD": PASSWORD, "SLUICE_SMS_TOKEN": SMS_TOKEN}

    def start_with_secrets(self, status=500):
        receiver = Receiver(lambda number: (status, {}, b'{"ok":false,"error":"fatal_error"}'))
        self.addCleanup(receiver.close)
        self.receiver = receiver
        service = self.start_first("--sms-base-url", receiver.url, "--slack-api",
                                   receiver.url + "/api", environment=self.environment)
        channels = [
            {"channel": "webhook", "configs": {"url": receiver.url + "/hook", "secret": SIGNING,
                                               "headers": {"Authorization": HEADER}}},
            {"channel": "slack", "configs": {"webhook_url": receiver.url + SLACK_PATH}},
            {"channel": "slack", "configs": {"bot_token": BOT_TOKEN, "channel_id": "C1"}},
            {"channel": "email", "configs": {"to_addresses": ["b@example.com"]}},
            {"channel": "sms", "configs": {"phone_numbers": ["+15550002222"]}}]
        self.body = {"webhook_name": "w", "event_types": ["a.*"], "channels": channels}
        answer = service.call("POST", WEBHOOKS, self.body)
        self.assertEqual(answer.status, 201, answer.body)
        self.webhook_id = answer.json["webhook_id"]
        return service

    def attempts(self, service):
        return service.call("GET", f"{WEBHOOKS}{self.webhook_id}/deliveries").json["results"]

    def assert_no_secret(self, text, where):
        for secret in (*SECRETS, *self.more_secrets):
            self.assertNotIn(secret, text, f"{secret} in {where}")

    def test_no_answer_metric_or_log_line_has_a_secret(self):
        service = self.start_with_secrets()
        self.more_secrets = [service.key]
        service.post_events([{"event_type": "a.b", "event_id": "one"}])
        self.assertTrue(wait_for(lambda: len(self.attempts(service)) >= 5), self.attempts(service))
        broken = {**self.body, "event_types": ["obj*"]}
        test = f"{WEBHOOKS}{self.webhook_id}"
        texts = {}
        for method, path, body in (
                ("GET", WEBHOOKS, None), ("POST", WEBHOOKS + "list", None), ("GET", test, None),
                ("GET", test + "/deliveries", None), ("POST", test + "/test", None),
                ("PUT", test, broken), ("PUT", test, self.body), ("PATCH", test, {"channels": 7}),
                ("POST", WEBHOOKS, broken), ("GET", "/v1/status", None), ("GET", "/metrics", None),
                ("GET", "/v1/organizations/api-keys", None), ("GET", "/v1/events/one", None),
                ("GET", f"/v1/{service.key}", None), ("GET", f"/healthz?key={service.key}", None),
                ("GET", "/readyz", None), ("GET", "/v1/event-types/a.b/webhooks", None)):
            texts[f"{method} {path}"] = service.call(method, path, body).body.decode()
        for delivery in self.attempts(service):
            path = f"{test}/deliveries/{delivery['delivery_id']}"
            texts[path] = service.call("GET", path).body.decode()
        texts["--print-config"] = self.sluice("serve", "--print-config",
                                              environment=self.environment)
        service.process.send_signal(signal.SIGHUP)
        self.assertTrue(wait_for(lambda: "read again" in "".join(service.log)))
        self.assertEqual(service.stop(), 0)
        texts["the log"] = "".join(service.log)
        for where, text in texts.items():
            self.assert_no_secret(text, where)

    def test_no_file_but_the_key_has_a_secret_in_clear_and_none_is_for_others(self):
        before = os.umask(0)  # what the service makes is its own decision
        try:
            service = self.start_with_secrets()
        finally:
            os.umask(before)
        self.more_secrets = [service.key]
        service.post_events([{"event_type": "a.b", "event_id": "one"}])
        self.assertTrue(wait_for(lambda: len(self.attempts(service)) >= 5))
        self.check_files()
        self.assertEqual(service.stop(), 0)
        self.check_files()

    def check_files(self):
        for path in [self.data_dir, *self.data_dir.rglob("*")]:
            try:
                mode = path.stat().st_mode
                data = path.read_bytes() if path.is_file() else b""
            except FileNotFoundError:
                continue  # a file that came and went
            if path.is_file() or path == self.data_dir:
                self.assertEqual(mode & 0o077, 0, f"{path} is {mode:o}")
            self.assert_no_secret(data.decode("latin-1"), path)

    def test_its_memory_goes_into_no_core_file(self):
        control = subprocess.Popen(["sleep", "600"], cwd=self.directory, preexec_fn=allow_core)
        if not core_bit(control):
            self.skipTest("SKIPPED: no core files are made here")
        here = os.getcwd()
        os.chdir(self.directory)
        try:
            service = self.start_first(prefix=("prlimit", "--core=unlimited:unlimited"))
        finally:
            os.chdir(here)
        self.assertEqual(service.call("GET", "/healthz").status, 200)
        if SANITIZER:
            self.skipTest("SKIPPED: a sanitizer ends the process in its own way")
        self.assertFalse(core_bit(service.process))
        service._close()

    def test_nothing_that_is_sent_makes_a_line_of_the_log(self):
        service = self.start_with_secrets()
        for number, body in enumerate((
                {**self.body, "webhook_name": HOSTILE},
                {**self.body, "event_types": [HOSTILE]},
                {**self.body, "channels": [{"channel": HOSTILE, "configs": {}}]})):
            self.assertIn(service.call("POST", WEBHOOKS, body).status, (201, 422), number)
        service.post_events([{"event_type": "a.b", "metadata": {"x": HOSTILE}, "subject":
                              {"type": HOSTILE, "id": HOSTILE}, "namespace_id": HOSTILE},
                             {"event_type": HOSTILE}, {"event_type": "a.b", "event_id": HOSTILE}])
        for data in (b"GET /\x1b[2J HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /%0d%0aforged HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"\x1b[2J\nforged\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\x1b[2J\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", service.port), timeout=120) as connection:
                connection.sendall(data)
                connection.recv(1000)
        self.assertTrue(wait_for(lambda: len(self.attempts(service)) >= 5))
        self.assertEqual(service.stop(), 0)
        lines = "".join(service.log).split("\n")
        self.assertGreater(len(lines), 3)
        for line in lines:
            self.assertTrue(line.isprintable(), repr(line))
            self.assertFalse(line.startswith("forged") or "error forged" in line[:40], line)
            if line and not line.startswith("listening on"):
                self.assertIsInstance(json.loads(line), dict, line)

    def test_nothing_of_an_event_or_a_webhook_makes_a_header(self):
        service = self.start_with_secrets(status=204)
        event = {"event_type": "a.b", "event_id": "one", "namespace_id": HOSTILE,
                 "subject": {"type": HOSTILE, "id": HOSTILE}, "source": HOSTILE,
                 "occurred_at": "2026-11-24T00:00:00Z", "metadata": {"x": HOSTILE}}
        service.post_events([event])
        self.assertTrue(wait_for(
            lambda: any(r.path == "/hook" for r in list(self.receiver.requests))))
        (request,) = [r for r in self.receiver.requests if r.path == "/hook"]
        for name, value in request.headers.items():
            self.assertRegex(name, "^[a-z0-9-]+$")
            self.assertTrue(value.isascii() and value.isprintable(), (name, value))
        known = {"host", "content-type", "content-length", "user-agent", "authorization", "accept",
                 "webhook-id", "webhook-timestamp", "webhook-signature", "connection"}
        self.assertEqual({name for name in request.headers if not name.startswith("ce-")} - known,
                         set())
        for name, value in (("X-A", "b\r\nX-Forged: 1"), ("X-A\r\nX-Forged", "1"), ("X A", "1"),
                            ("X-A", "b\x00c"), ("X-A", "b\nc"), ("", "x"), ("Host", "evil"),
                            ("Content-Length", "0"), ("Transfer-Encoding", "chunked")):
            body = webhook("h", ["h.*"], self.receiver.url)
            body["channels"][0]["configs"]["headers"] = {name: value}
            answer = service.call("POST", WEBHOOKS, body)
            self.assert_error(answer, 422, "ValidationError")

    def test_what_a_receiver_answers_is_shown_as_text(self):
        service = self.start_with_secrets()
        self.receiver.answer = lambda number: (400, {}, b"bad \xff\xfe bytes \x1b[2J \xc3")
        service.post_events([{"event_type": "a.b", "event_id": "one"}])
        self.assertTrue(wait_for(lambda: len(self.attempts(service)) >= 5))
        shown = []
        for delivery in self.attempts(service):
            path = f"{WEBHOOKS}{self.webhook_id}/deliveries/{delivery['delivery_id']}"
            for attempt in service.call("GET", path).json["attempts"]:
                shown += [attempt.get("error") or "", attempt.get("response") or ""]
        self.assertIn("bad ?? bytes \x1b[2J ?", shown)
        self.assertTrue(any("bad ?? bytes" in text and "400" in text for text in shown), shown)

    def test_no_request_makes_a_header_of_its_answer(self):
        service = self.start_first()
        with socket.create_connection(("127.0.0.1", service.port), timeout=120) as connection:
            connection.sendall(b"GET /%0d%0aX-Forged:%201?a=%0d%0aX-Forged:1 HTTP/1.1\r\nHost: x\r\n"
                               b"X-Request-Id: a%0d%0aX-Forged: 1\r\nConnection: close\r\n\r\n")
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        head = answer.partition(b"\r\n\r\n")[0].lower()
        self.assertFalse(any(line.startswith(b"x-forged") for line in head.split(b"\r\n")), answer)


if __name__ == "__main__":
    unittest.main()
