"""Deliveries, as receivers and operators see them."""

import base64
import json
import subprocess
import threading
import time
import unittest
import urllib.parse

from receivers import Receiver
from service import PATIENCE, PROGRAM, WEBHOOKS, ServiceTest, wait_for, webhook


class Deliveries(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8")

    def setUp(self):
        super().setUp()
        self.receiver = self.listen()

    def listen(self, *arguments):
        receiver = Receiver(*arguments)
        self.addCleanup(receiver.close)
        return receiver

    def create(self, service, **configs):
        body = webhook(event_types=["a.*"], url=self.receiver.url + "/hook")
        body["channels"][0]["configs"].update(configs)
        answer = service.call("POST", WEBHOOKS, body)
        self.assertEqual(answer.status, 201, answer.body)
        return answer.json

    def send(self, service, *events):
        answer = service.post_events([{"event_type": "a.b", **event} for event in events])
        self.assertEqual(answer.status, 202, answer.body)

    def wait_for_requests(self, count, receiver=None):
        receiver = receiver or self.receiver
        self.assertTrue(wait_for(lambda: len(receiver.requests) >= count),
                        f"{len(receiver.requests)} of {count} requests came")

    def deliveries(self, service, made, query=""):
        return service.call("GET", f"{WEBHOOKS}{made['webhook_id']}/deliveries{query}").json["results"]

    def test_an_event_arrives_signed_and_described(self):
        service = self.start_first()
        made = self.create(service, headers={"X-Team": "blue"})
        secret = made["channels"][0]["configs"]["secret"]
        self.send(service, {"event_id": "e 1".replace(" ", "-"), "metadata": {"n": 1.50}})
        self.wait_for_requests(1)
        got = self.receiver.requests[0]
        self.assertEqual(got.path, "/hook")
        self.assertTrue(got.is_signed_with(secret))
        self.assertEqual(got.headers["x-team"], "blue")
        self.assertEqual(got.headers["content-type"], "application/json")
        self.assertTrue(got.headers["user-agent"].startswith("sluice"))
        for name, value in (("ce-specversion", "1.0"), ("ce-id", "e-1"), ("ce-type", "a.b")):
            self.assertEqual(got.headers[name], value)
        self.assertEqual(json.loads(got.body)["event_id"], "e-1")
        self.assertTrue(wait_for(lambda: self.deliveries(service, made)))
        (attempt,) = self.deliveries(service, made)
        self.assertEqual((attempt["status"], attempt["status_code"]), ("delivered", 204))
        self.assertTrue(wait_for(lambda: service.call(
            "GET", WEBHOOKS + made["webhook_id"]).json["last_success_at"]))

    def test_a_failure_is_tried_again_under_the_same_id_and_shown_meanwhile(self):
        self.receiver.answer = lambda number: (500 if number == 0 else 204, {}, b"sorry")
        service = self.start_first()
        made = self.create(service)
        self.send(service, {})
        self.wait_for_requests(1)
        self.assertTrue(wait_for(lambda: service.call(
            "GET", WEBHOOKS + made["webhook_id"]).json["last_error"]))
        error = service.call("GET", WEBHOOKS + made["webhook_id"]).json["last_error"]
        self.assertEqual((error["status_code"], error["channel"]), (500, "webhook"))
        self.wait_for_requests(2)  # after 4 to 6 seconds
        first, second = self.receiver.requests
        self.assertEqual(first.headers["webhook-id"], second.headers["webhook-id"])
        self.assertTrue(wait_for(lambda: len(self.deliveries(service, made)) == 2))
        delivery = self.deliveries(service, made)[0]["delivery_id"]
        whole = service.call("GET", f"{WEBHOOKS}{made['webhook_id']}/deliveries/{delivery}").json
        self.assertEqual([a["status"] for a in whole["attempts"]], ["failed", "delivered"])
        self.assertEqual(whole["attempts"][0]["response"], "sorry")

    def test_a_retry_survives_kill_9(self):
        self.receiver.answer = lambda number: (503 if number == 0 else 204, {}, b"")
        service = self.start_first()
        key = service.key
        made = self.create(service)
        self.send(service, {})
        self.wait_for_requests(1)
        self.assertTrue(wait_for(lambda: self.deliveries(service, made)))
        service.kill()
        service = self.start()
        service.key = key
        self.wait_for_requests(2)
        self.assertEqual(self.receiver.requests[0].headers["webhook-id"],
                         self.receiver.requests[1].headers["webhook-id"])

    def test_410_disables_the_webhook(self):
        self.receiver.answer = lambda number: (410, {}, b"")
        service = self.start_first()
        made = self.create(service)
        self.send(service, {})
        path = WEBHOOKS + made["webhook_id"]
        self.assertTrue(wait_for(lambda: not service.call("GET", path).json["is_active"]))
        self.assertTrue(service.call("GET", path).json["disabled_reason"])
        # It is written first, and stops matching a moment later.
        self.assertTrue(wait_for(
            lambda: service.post_events([{"event_type": "a.b"}]).json["matched"] == 0))

    def test_a_batch_carries_many_events(self):
        service = self.start_first()
        self.create(service, batch={"max_events": 50, "max_wait_ms": 200, "format": "ndjson"})
        self.send(service, *({"event_id": f"e{i}"} for i in range(200)))
        self.assertTrue(wait_for(lambda: sum(r.body.count(b"\n") for r in self.receiver.requests)
                                 >= 200))
        self.assertLessEqual(len(self.receiver.requests), 20)
        lines = [json.loads(line) for r in self.receiver.requests for line in r.body.splitlines()]
        self.assertEqual(sorted(e["event_id"] for e in lines),
                         sorted(f"e{i}" for i in range(200)))

    def test_an_ordered_channel_keeps_the_order_over_a_retry(self):
        self.receiver.answer = lambda number: (500 if number == 2 else 204, {}, b"")
        service = self.start_first()
        self.create(service, ordered=True)
        self.send(service, *({"event_id": f"e{i}"} for i in range(6)))
        self.wait_for_requests(7)
        ids = [json.loads(r.body)["event_id"] for r in self.receiver.requests]
        self.assertEqual(ids, ["e0", "e1", "e2", "e2", "e3", "e4", "e5"])

    def test_a_receiver_that_hangs_delays_no_other(self):
        service = self.start_first()
        silent = __import__("socket").create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        hanging = webhook("hangs", ["a.*"], f"http://127.0.0.1:{silent.getsockname()[1]}/")
        hanging["channels"][0]["configs"]["timeout"] = 60
        self.assertEqual(service.call("POST", WEBHOOKS, hanging).status, 201)
        self.create(service)
        begin = time.monotonic()
        self.send(service, *({} for _ in range(200)))
        self.wait_for_requests(200)
        self.assertLess(time.monotonic() - begin, 60)  # before anything that hangs was given up

    def test_a_stop_gives_up_what_hangs_and_the_next_start_sends_it(self):
        hangs = threading.Event()
        self.addCleanup(hangs.set)

        def answer(number):
            hangs.wait()
            return 204, {}, b""

        self.receiver.answer = answer
        # What was freed is made unusable, so that no use of it goes unnoticed.
        service = self.start_first("--shutdown-timeout", "1", environment={"MALLOC_PERTURB_": "165"})
        key = service.key
        self.create(service, timeout=60)
        events = {f"e{i}" for i in range(5)}
        self.send(service, *({"event_id": each} for each in events))
        self.wait_for_requests(1)
        self.assertEqual(service.stop(), 0)
        hangs.set()
        self.receiver.requests.clear()
        self.start().key = key
        self.assertTrue(wait_for(lambda: events <= set(self.receiver.event_ids())))

    def test_what_is_owed_follows_an_edited_url(self):
        self.receiver.answer = lambda number: (503, {}, b"")
        service = self.start_first()
        made = self.create(service)
        self.send(service, {"event_id": "owed"})
        self.wait_for_requests(1)
        mended = Receiver()
        self.addCleanup(mended.close)
        channels = [{"channel": "webhook", "configs": {"url": mended.url + "/mended"}}]
        answer = service.call("PATCH", WEBHOOKS + made["webhook_id"], {"channels": channels})
        self.assertEqual(answer.status, 200, answer.body)
        self.wait_for_requests(1, mended)  # after 4 to 6 seconds
        self.assertEqual(json.loads(mended.requests[0].body)["event_id"], "owed")

    def test_a_paused_webhook_recovers_what_it_missed(self):
        service = self.start_first()
        made = self.create(service)
        path = WEBHOOKS + made["webhook_id"]
        self.send(service, {"event_id": "before"})
        self.wait_for_requests(1)
        service.call("PATCH", path, {"is_active": False})
        self.send(service, {"event_id": "during"}, {"event_id": "other", "event_type": "b.c"})
        service.call("PATCH", path, {"is_active": True})
        answer = service.call("POST", path + "/recover", {"since": "2020-01-01T00:00:00Z",
                                                          "only": "missed"})
        self.assertEqual(answer.status, 202, answer.body)
        self.wait_for_requests(2)
        self.assertEqual([json.loads(r.body)["event_id"] for r in self.receiver.requests],
                         ["before", "during"])

    def test_a_time_that_ends_before_it_begins_is_refused(self):
        service = self.start_first()
        path = WEBHOOKS + self.create(service)["webhook_id"]
        since, until = "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"
        listed = service.call("GET", f"{path}/deliveries?since={since}&until={until}")
        recovered = service.call("POST", path + "/recover", {"since": since, "until": until})
        for place, answer in (("query", listed), ("body", recovered)):
            self.assertEqual(answer.status, 422, answer.body)
            errors = answer.json["error"]["details"]["validation_errors"]
            self.assertEqual([error["location"] for error in errors], [[place, "until"]])

    def test_a_recovery_takes_null_for_what_is_left_out(self):
        service = self.start_first()
        path = WEBHOOKS + self.create(service)["webhook_id"]
        since = {"since": "2026-01-01T00:00:00Z"}
        self.assertEqual(service.call("POST", path + "/recover",
                                      {**since, "until": None, "only": None}).status, 202)
        for refused in ({"since": None}, {**since, "only": "all"}, {**since, "only": 5}):
            answer = service.call("POST", path + "/recover", refused)
            self.assertEqual(answer.status, 422, answer.body)

    def test_both_secrets_sign_after_a_rotation(self):
        service = self.start_first()
        made = self.create(service)
        old = made["channels"][0]["configs"]["secret"]
        rotated = service.call("POST", f"{WEBHOOKS}{made['webhook_id']}/secret/rotate", {})
        self.assertEqual(rotated.status, 200, rotated.body)
        new = rotated.json["channels"][0]["configs"]["secret"]
        self.assertNotEqual(old, new)
        self.send(service, {})
        self.wait_for_requests(1)
        self.assertTrue(self.receiver.requests[0].is_signed_with(old))
        self.assertTrue(self.receiver.requests[0].is_signed_with(new))

    def assert_signed_by(self, request, public_key):
        """As OpenSSL's own program sees it: one of the signatures fits."""
        key = self.directory / "public.der"
        key.write_bytes(bytes.fromhex("302a300506032b6570032100") +  # RFC 8410 section 4
                        base64.b64decode(public_key.removeprefix("whpk_")))
        message, signature = self.directory / "message", self.directory / "signature"
        message.write_bytes(f"{request.headers['webhook-id']}."
                            f"{request.headers['webhook-timestamp']}.".encode() + request.body)
        fits = []
        for entry in request.headers["webhook-signature"].split():
            version, _, value = entry.partition(",")
            self.assertEqual(version, "v1a")
            signature.write_bytes(base64.b64decode(value))
            fits.append(subprocess.run(
                ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", key,
                 "-rawin", "-in", message, "-sigfile", signature], check=False,
                capture_output=True).returncode == 0)
        self.assertEqual(fits.count(True), 1, fits)

    def test_an_ed25519_key_signs_and_rotates_and_its_public_half_is_shown(self):
        service = self.start_first()
        made = self.create(service, secret="whsk_" + base64.b64encode(bytes(range(32))).decode())
        configs = made["channels"][0]["configs"]
        self.assertTrue(configs["secret"].startswith("****"), configs)
        old = configs["public_key"]
        path = WEBHOOKS + made["webhook_id"]
        again = service.call("PUT", path, {name: made[name] for name in (
            "webhook_name", "event_types", "channels")})
        self.assertEqual((again.status, again.json["channels"]), (200, made["channels"]))
        self.send(service, {})
        self.wait_for_requests(1)
        self.assert_signed_by(self.receiver.requests[0], old)
        rotated = service.call("POST", path + "/secret/rotate").json["channels"][0]["configs"]
        self.assertTrue(rotated["secret"].startswith("whsk_"))
        self.assertNotEqual(rotated["public_key"], old)
        self.send(service, {})
        self.wait_for_requests(2)
        for public_key in (old, rotated["public_key"]):
            self.assert_signed_by(self.receiver.requests[1], public_key)
        refused = service.call("PATCH", path, {"channels": [{"channel": "webhook", "configs": {
            "url": self.receiver.url, "secret": "whsk_" + "A" * 20}}]})
        self.assert_error(refused, 422, "ValidationError")
        self.assertIn("ed25519", refused.body.decode())

    def test_listen_verifies_with_the_public_key_alone(self):
        service = self.start_first()
        keys = ["whsk_" + base64.b64encode(bytes([seed] * 32)).decode() for seed in (1, 2)]
        public = [self.create(service, secret=key)["channels"][0]["configs"]["public_key"]
                  for key in keys]
        listener = subprocess.Popen([PROGRAM, "listen", "--port", "0", "--secret", public[0]],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(listener.stderr.close)
        self.addCleanup(listener.wait)
        self.addCleanup(listener.terminate)
        url = listener.stderr.readline().split()[-1]
        for key, status in zip(keys, (204, 401)):
            body = webhook(str(status), ["b.*"], url)
            body["channels"][0]["configs"]["secret"] = key
            self.assertEqual(service.call("POST", WEBHOOKS, body).status, 201)
            (attempt,) = service.call("POST", f"{WEBHOOKS}{status}/test").json["attempts"]
            self.assertEqual(attempt["status_code"], status)

    def test_a_test_send_tells_the_attempt(self):
        service = self.start_first()
        made = self.create(service)
        answer = service.call("POST", f"{WEBHOOKS}{made['webhook_id']}/test")
        self.assertEqual(answer.status, 200, answer.body)
        (attempt,) = answer.json["attempts"]
        self.assertEqual((attempt["status"], attempt["status_code"]), ("delivered", 204))
        self.assertEqual(json.loads(self.receiver.requests[0].body)["event_type"], "webhook.test")

    def test_a_test_send_can_be_looked_up_at_once_and_is_not_repeated(self):
        service = self.start_first()
        made = self.create(service)
        path = f"{WEBHOOKS}{made['webhook_id']}"
        for _ in range(5):
            (attempt,) = service.call("POST", path + "/test").json["attempts"]
            delivery = f"{path}/deliveries/{attempt['delivery_id']}"
            shown = service.call("GET", delivery)
            self.assertEqual((shown.status, shown.json["event_id"]), (200, attempt["event_id"]))
            self.assertEqual(service.call("POST", delivery + "/retry").status, 409)
        other = service.call("POST", WEBHOOKS, webhook("other", ["b.*"], self.receiver.url)).json
        lent = f"{WEBHOOKS}{other['webhook_id']}/deliveries/{attempt['delivery_id']}"
        self.assertEqual(service.call("GET", lent).status, 404)

    def test_a_deleted_webhook_gets_nothing_more(self):
        self.receiver.answer = lambda number: (500, {}, b"")
        service = self.start_first()
        made = self.create(service)
        self.send(service, {})
        self.wait_for_requests(1)
        self.assertTrue(wait_for(lambda: self.deliveries(service, made)))
        service.call("DELETE", WEBHOOKS + made["webhook_id"])
        self.assertFalse(wait_for(lambda: len(self.receiver.requests) > 1, seconds=7 / PATIENCE))

    def test_addresses_are_vetted_when_they_are_connected_to(self):
        service = self.start_first()
        made = self.create(service)
        key = service.key
        self.assertEqual(service.stop(), 0)
        self.arguments = ()
        service = self.start()  # without leave to reach 127.0.0.0/8
        service.key = key
        self.send(service, {})
        self.assertTrue(wait_for(lambda: self.deliveries(service, made)))
        self.assertIn("loopback", self.deliveries(service, made)[0]["error"])
        self.assertEqual(self.receiver.requests, [])

    def test_slack_gets_blocks_and_its_refusal_is_final(self):
        self.receiver.answer = lambda number: (200, {}, b"ok") if number == 0 else \
            (404, {}, b"no_service")
        service = self.start_first()
        url = self.receiver.url + "/services/T0/B0/secret"
        answer = service.call("POST", WEBHOOKS, {
            "webhook_name": "s", "event_types": ["a.*"],
            "channels": [{"channel": "slack", "configs": {"webhook_url": url}}]})
        self.assertEqual(answer.status, 201, answer.body)
        self.assertNotIn("secret", json.dumps(answer.json["channels"]))
        self.send(service, {"subject": {"type": "t", "id": "<1>"}}, {})
        self.wait_for_requests(2)
        message = json.loads(self.receiver.requests[0].body)
        self.assertIn("a.b", message["text"])
        self.assertNotIn("<1>", json.dumps(message))
        self.assertTrue(message["blocks"])
        self.assertTrue(wait_for(lambda: [d for d in self.deliveries(service, answer.json)
                                          if d["status"] == "dead"]))
        self.assertNotIn("secret", json.dumps(self.deliveries(service, answer.json)))

    def test_a_short_message_goes_to_each_number_through_the_provider(self):
        self.receiver.answer = lambda number: (201, {}, b'{"sid":"SM1","status":"queued"}')
        service = self.start_first("--sms-base-url", self.receiver.url, "--sms-account", "AC1",
                                   "--sms-from", "+15550001111",
                                   environment={"SLUICE_SMS_TOKEN": "hush"})
        answer = service.call("POST", WEBHOOKS, {
            "webhook_name": "s", "event_types": ["a.*"],
            "channels": [{"channel": "sms", "configs": {
                "phone_numbers": ["+15550002222", "+15550003333"],
                "message_template": "{event_type} & more"}}]})
        self.assertEqual(answer.status, 201, answer.body)
        self.send(service, {})
        self.wait_for_requests(2)
        forms = [dict(urllib.parse.parse_qsl(r.body.decode())) for r in self.receiver.requests]
        self.assertEqual({f["To"] for f in forms}, {"+15550002222", "+15550003333"})
        self.assertEqual(forms[0]["Body"], "a.b & more")
        self.assertEqual(self.receiver.requests[0].path, "/2010-04-01/Accounts/AC1/Messages.json")

    def test_a_short_message_is_tried_again_for_those_who_surely_got_nothing(self):
        answers = {1: (503, {}, b""), 2: (400, {}, b'{"code":21211,"message":"Invalid number"}')}
        self.receiver.answer = lambda number: answers.get(number, (201, {}, b'{"sid":"SM1"}'))
        self.arguments += ("--sms-base-url", self.receiver.url, "--sms-account", "AC1",
                           "--sms-from", "+15550001111")
        service = self.start_first(environment={"SLUICE_SMS_TOKEN": "hush"})
        key = service.key
        made = service.call("POST", WEBHOOKS, {
            "webhook_name": "s", "event_types": ["a.*"],
            "channels": [{"channel": "sms", "configs": {"phone_numbers": [
                "+15550002222", "+15550003333", "+15550004444", "+15550005555"]}}]}).json
        self.send(service, {})
        self.wait_for_requests(4)
        self.assertTrue(wait_for(lambda: self.deliveries(service, made)))
        service.kill()
        service = self.start(environment={"SLUICE_SMS_TOKEN": "hush"})
        service.key = key
        self.wait_for_requests(5)  # after 4 to 6 seconds
        self.assertTrue(wait_for(lambda: len(self.deliveries(service, made)) == 2))
        to = [dict(urllib.parse.parse_qsl(r.body.decode()))["To"] for r in self.receiver.requests]
        self.assertEqual(to, ["+15550002222", "+15550003333", "+15550004444", "+15550005555",
                              "+15550003333"])
        last, first = self.deliveries(service, made)
        self.assertEqual([(a["attempt"], a["status"]) for a in (first, last)],
                         [(1, "failed"), (2, "dead")])
        self.assertIn("+15550004444", last["error"])  # refused for good, and the others have it
        self.assertIn("3 of 4 have it", last["error"])
        path = f"{WEBHOOKS}{made['webhook_id']}/deliveries/{last['delivery_id']}"
        self.assertEqual(service.call("POST", path + "/retry").status, 202)
        self.wait_for_requests(6)
        form = dict(urllib.parse.parse_qsl(self.receiver.requests[5].body.decode()))
        self.assertEqual(form["To"], "+15550004444")
        self.assertTrue(wait_for(lambda: self.deliveries(service, made)[0]["attempt"] == 3))
        self.assertEqual(self.deliveries(service, made)[0]["status"], "delivered")


if __name__ == "__main__":
    unittest.main()
