"""`sluice listen`: what each of its options makes it do, and that a service believes it."""

import base64
import hashlib
import hmac
import http.client
import signal
import socket
import subprocess
import threading
import time
import unittest

from receivers import Listener
from service import PATIENCE, PROGRAM, WEBHOOKS, ServiceTest, wait_for, webhook

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
BODY = b'{"event_id":"e-1","word":"\x1b[31mred"}'


def signed(body=BODY, secret=SECRET, message_id="dlv_1", seconds_ago=0):
    """The headers of Standard Webhooks, by Python's own HMAC."""
    timestamp = str(int(time.time()) - seconds_ago)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {"webhook-id": message_id, "webhook-timestamp": timestamp,
            "webhook-signature": "v1," + base64.b64encode(digest).decode()}


class Listen(ServiceTest):
    def listen(self, *arguments):
        self.listener = Listener(PROGRAM, self.directory / "listen.txt", *arguments)
        self.addCleanup(self.listener.close)
        self.port = int(self.listener.url.rpartition(":")[2])
        return self.listener

    def post(self, headers=None, body=BODY):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60 * PATIENCE)
        try:
            connection.request("POST", "/hook", body, headers or {})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def printed(self):
        return (self.directory / "listen.txt").read_text()

    def end(self):
        """All that was printed once SIGTERM has ended it."""
        self.listener.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.listener.process.wait(60 * PATIENCE), 0)
        return self.printed()

    def test_it_prints_what_arrives_and_nothing_that_drives_a_terminal(self):
        self.listen()
        self.assertEqual(self.post({"webhook-id": "dlv_7"}), 204)
        self.assertIn('POST /hook  dlv_7 -> 204\n{"event_id":"e-1","word":"?[31mred"}\n', self.printed())
        self.assertEqual(self.end().splitlines()[-1], "received 1, refused 0")

    def test_with_a_secret_it_takes_only_what_is_signed_with_it(self):
        self.listen("--secret", SECRET)
        good = signed()
        self.assertEqual(self.post(good), 204)
        self.assertIn("dlv_1, verified -> 204", self.printed())
        stranger = "whsec_" + base64.b64encode(b"x" * 24).decode()
        for reason, headers in (
                ("missing", {}),
                ("missing", {**good, "webhook-timestamp": "now"}),
                ("no signature fits", {**good, "webhook-id": "dlv_2"}),
                ("no signature fits", signed(secret=stranger)),
                ("no signature fits", signed(body=BODY + b" ")),
                ("five minutes off", signed(seconds_ago=400)),
                ("five minutes off", signed(seconds_ago=-400))):
            with self.subTest(reason=reason):
                before = len(self.printed())
                self.assertEqual(self.post(headers), 401)
                self.assertIn(reason, self.printed()[before:])
        old = signed(secret=stranger)["webhook-signature"]
        both = {**good, "webhook-signature": f"{old} {good['webhook-signature']}"}
        self.assertEqual(self.post(both), 204)
        self.assertEqual(self.end().splitlines()[-1], "received 9, refused 7")

    def test_a_share_of_requests_fails_with_the_status_that_is_asked_for(self):
        self.listen("--fail-rate", "0.5", "--fail-status", "429")
        statuses = [self.post() for _ in range(200)]
        self.assertEqual(set(statuses), {204, 429})
        self.assertTrue(60 <= statuses.count(429) <= 140, statuses.count(429))

    def test_all_of_them_or_none_may_fail(self):
        for rate, status in (("1", 500), ("0", 204)):
            self.listen("--fail-rate", rate)
            self.assertEqual({self.post() for _ in range(20)}, {status})

    def test_each_answer_is_held_back_for_the_same_while(self):
        self.listen("--delay", "1500")
        times = []

        def ask():
            begin = time.monotonic()
            self.assertEqual(self.post(), 204)
            times.append(time.monotonic() - begin)

        begin = time.monotonic()
        askers = [threading.Thread(target=ask) for _ in range(40)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        self.assertEqual(len(times), 40)
        self.assertGreaterEqual(min(times), 1.5)
        self.assertLess(time.monotonic() - begin, 40 * 1.5)  # not one after the other

    def test_quiet_prints_totals_alone(self):
        self.listen("--quiet")
        for _ in range(3):
            self.post()
        self.assertEqual(self.end(), "received 3, refused 0\n")

    def test_the_port_is_the_one_that_was_asked_for(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            done = subprocess.run([PROGRAM, "listen", "--port", str(taken.getsockname()[1])],
                                  capture_output=True, text=True, timeout=60 * PATIENCE, check=False)
            self.assertNotEqual(done.returncode, 0)
            free = taken.getsockname()[1]
        listener = subprocess.Popen([PROGRAM, "listen", "--port", str(free)], stderr=subprocess.PIPE,
                                    stdout=subprocess.DEVNULL, text=True)
        self.addCleanup(listener.stderr.close)
        self.addCleanup(listener.wait)
        self.addCleanup(listener.kill)
        self.assertIn(f"http://127.0.0.1:{free}\n", listener.stderr.readline())

    def test_what_cannot_be_is_refused(self):
        for arguments in (["--fail-rate", "1.1"], ["--fail-rate", "-1"], ["--fail-status", "99"],
                          ["--delay", "-1"], ["--port", "65536"]):
            self.sluice("listen", *arguments, expect=2)

    def test_a_service_sees_it_misbehave(self):
        self.listen("--secret", SECRET, "--fail-rate", "1", "--fail-status", "503")
        service = self.start_first("--egress-allow", "127.0.0.0/8")
        for name, secret in (("right", SECRET), ("wrong", "whsec_" + "A" * 32)):
            body = webhook(name, [f"{name}.*"], self.listener.url)
            body["channels"][0]["configs"]["secret"] = secret
            self.assertEqual(service.call("POST", WEBHOOKS, body).status, 201)
        service.post_events([{"event_type": "right.a"}, {"event_type": "wrong.a"}])
        environment = {"SLUICE_API_KEY": service.key,
                       "SLUICE_SERVER": f"http://127.0.0.1:{service.port}"}
        for name, status in (("right", "503"), ("wrong", "401")):
            line = lambda name=name: self.sluice("deliveries", "list", name, "--status", "failed",
                                                 environment=environment)
            self.assertTrue(wait_for(line, seconds=60))
            self.assertIn(f"attempt 1  {status}", line())


if __name__ == "__main__":
    unittest.main()
