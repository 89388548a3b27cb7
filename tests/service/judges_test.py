"""Deliveries of the running service, judged by what others wrote to receive them (npm packages), and
the Slack of these tests, judged by Slack's own client."""

import json
import unittest

import judges
from receivers import Receiver
from service import WEBHOOKS, ServiceTest, wait_for, webhook
from slack_fake import SlackFake

VERIFIERS = ("standardwebhooks", "svix")


def setUpModule():
    judges.install()


class Judges(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8")

    def listen(self, receiver):
        self.addCleanup(receiver.close)
        return receiver

    def create(self, service, receiver, name="n", **configs):
        body = webhook(name, [f"{name}.*"], receiver.url)
        body["channels"][0]["configs"].update(configs)
        answer = service.call("POST", WEBHOOKS, body)
        self.assertEqual(answer.status, 201, answer.body)
        return answer.json["channels"][0]["configs"].get("secret")

    def send(self, service, *events):
        answer = service.post_events(events)
        self.assertEqual((answer.status, answer.json["matched"]), (202, len(events)), answer.body)

    def wait_for_requests(self, receiver, count):
        self.assertTrue(wait_for(lambda: len(receiver.requests) >= count),
                        f"{len(receiver.requests)} of {count} requests came")

    def assert_judged(self, good, questions):
        for question, verdict in zip(questions, judges.judge(questions)):
            self.assertEqual(verdict["good"], good, (question, verdict))

    def assert_signed(self, requests, secret, good=True):
        self.assert_judged(good, [(judge, secret, r.headers, r.body)
                                  for r in requests for judge in VERIFIERS])

    def test_every_signature_is_good_and_a_changed_delivery_is_refused(self):
        service = self.start_first()
        receiver = self.listen(Receiver(lambda number: (500 if number == 0 else 204, {}, b"")))
        secret = self.create(service, receiver)
        metadata = ({}, {"text": "\u00fc\u20ac\U0001f600 \" \\ \u2028"}, {"n": 1.50},
                    {"long": "x" * 50_000})
        self.send(service, *({"event_type": "n.a", "metadata": metadata[i % 4]}
                             for i in range(40)))
        self.wait_for_requests(receiver, 41)  # one of them again, after 4 to 6 seconds
        self.assertEqual(service.call("POST", WEBHOOKS + "n/test").status, 200)
        self.assert_signed(receiver.requests, secret)

        got = receiver.requests[-1]
        later = str(int(got.headers["webhook-timestamp"]) + 1)
        stranger = "whsec_" + "A" * 43 + "="
        changed = [(secret, got.headers, got.body.replace(b"webhook.test", b"webhook.tesu")),
                   (secret, got.headers, got.body + b" "),
                   (secret, {**got.headers, "webhook-id": got.headers["webhook-id"] + "0"}, got.body),
                   (secret, {**got.headers, "webhook-timestamp": later}, got.body),
                   (stranger, got.headers, got.body)]
        self.assert_judged(False, [(judge, *each) for each in changed for judge in VERIFIERS])

    def test_signatures_cover_batches_and_bodies_made_from_templates(self):
        service = self.start_first()
        batches, shaped = self.listen(Receiver()), self.listen(Receiver())
        given = "whsec_" + "c2x1aWNl" * 8
        secret = self.create(service, batches, "b", batch={"max_events": 20, "max_wait_ms": 50})
        self.create(service, shaped, "t", secret=given,
                    payload_template={"what": "{{ event_type }}", "it": "{{ metadata.word }}"})
        self.send(service, *({"event_type": "b.a"} for _ in range(50)))
        self.send(service, {"event_type": "t.a", "metadata": {"word": "\u00fc \"x\""}})
        self.wait_for_requests(batches, 3)
        self.wait_for_requests(shaped, 1)
        self.assert_signed(batches.requests, secret)
        self.assert_signed(shaped.requests, given)
        verdict, = judges.judge([("svix", given, r.headers, r.body) for r in shaped.requests])
        self.assertEqual(verdict["payload"], {"what": "t.a", "it": "\u00fc \"x\""})

    def test_both_secrets_verify_while_a_rotation_lasts_and_the_new_one_after_it(self):
        service = self.start_first()
        receiver = self.listen(Receiver())
        first = self.create(service, receiver)

        def rotate(**body):
            answer = service.call("POST", WEBHOOKS + "n/secret/rotate", body)
            self.assertEqual(answer.status, 200, answer.body)
            return answer.json["channels"][0]["configs"]["secret"]

        second = rotate()
        self.send(service, {"event_type": "n.a"})
        self.wait_for_requests(receiver, 1)
        self.assert_signed(receiver.requests, first)
        self.assert_signed(receiver.requests, second)
        third = rotate(grace_seconds=0)
        self.send(service, {"event_type": "n.a"})
        self.wait_for_requests(receiver, 2)
        self.assert_signed(receiver.requests[1:], third)
        self.assert_signed(receiver.requests[1:], second, good=False)

    def test_the_headers_are_a_cloud_event(self):
        service = self.start_first()
        receiver = self.listen(Receiver())
        self.create(service, receiver)
        self.send(service, {"event_type": "n.a", "event_id": "e-1", "metadata": {"word": "\u00fc"},
                            "occurred_at": "2026-01-31T12:00:00Z", "namespace_id": "ns 1"},
                  {"event_type": "n.b"})
        self.wait_for_requests(receiver, 2)
        verdicts = judges.judge([("cloudevents", None, r.headers, r.body)
                                 for r in receiver.requests])
        events = {}
        for request, verdict in zip(receiver.requests, verdicts):
            self.assertTrue(verdict["good"], verdict)
            event, body = verdict["event"], json.loads(request.body)
            events[event["type"]] = event
            self.assertEqual(event["specversion"], "1.0")
            self.assertEqual((event["id"], event["type"]), (body["event_id"], body["event_type"]))
            self.assertTrue(event["source"])
            self.assertEqual(event["data"], body)
        self.assertEqual(events["n.a"]["id"], "e-1")
        self.assertEqual(events["n.a"]["time"], "2026-01-31T12:00:00.000Z")

    def test_the_slack_of_these_tests_is_slack_to_slacks_client(self):
        slack = self.listen(SlackFake("xoxb-good"))
        message = {"channel": "C1", "text": "hello"}
        posted, unknown, empty = judges.post_to_slack(
            slack.api_url, "xoxb-good", message, {**message, "channel": "C2"},
            {"channel": "C1", "text": ""})
        self.assertEqual((posted["ok"], posted["channel"], posted["text"]), (True, "C1", "hello"))
        self.assertTrue(posted["ts"])
        platform_error = "slack_webapi_platform_error"
        self.assertEqual((unknown["code"], unknown["error"]), (platform_error, "channel_not_found"))
        self.assertEqual((empty["code"], empty["error"]), (platform_error, "no_text"))
        stranger, = judges.post_to_slack(slack.api_url, "xoxb-bad", message)
        self.assertEqual((stranger["code"], stranger["error"]), (platform_error, "invalid_auth"))
        slack.rate_limited = 2
        limited, waited = judges.post_to_slack(slack.api_url, "xoxb-good", message,
                                               {**message, "wait": True})
        self.assertEqual((limited["code"], limited["retry_after"]),
                         ("slack_webapi_rate_limited_error", 1))
        self.assertEqual(waited["ok"], True)
        self.assertGreaterEqual(waited["seconds"], 0.9)

    def test_the_service_tells_slacks_answers_apart(self):
        slack = self.listen(SlackFake("xoxb-good"))
        service = self.start_first("--slack-api", slack.api_url.rstrip("/"))
        for name, token, channel in (("good", "xoxb-good", "C1"), ("lost", "xoxb-good", "C2"),
                                     ("bad", "xoxb-bad", "C1")):
            answer = service.call("POST", WEBHOOKS, {
                "webhook_name": name, "event_types": [f"{name}.*"],
                "channels": [{"channel": "slack", "configs": {"bot_token": token,
                                                              "channel_id": channel}}]})
            self.assertEqual(answer.status, 201, answer.body)

        def attempts(name):
            return service.call("GET", f"{WEBHOOKS}{name}/deliveries").json["results"]

        slack.rate_limited, slack.retry_after = 1, 7
        self.send(service, {"event_type": "good.a"})
        self.wait_for_requests(slack, 1)
        self.send(service, {"event_type": "lost.a"}, {"event_type": "bad.a"})
        for name, error in (("lost", "channel_not_found"), ("bad", "invalid_auth")):
            self.assertTrue(wait_for(lambda name=name: attempts(name)))
            (attempt,) = attempts(name)
            self.assertEqual(attempt["status"], "dead")
            self.assertIn(error, attempt["error"])
        self.assertTrue(wait_for(lambda: len(attempts("good")) == 2))
        self.assertEqual([a["status"] for a in attempts("good")], ["delivered", "failed"])
        self.assertEqual(attempts("good")[1]["status_code"], 429)
        (message,) = slack.messages
        self.assertEqual(message["channel"], "C1")
        self.assertIn("good.a", message["text"])


if __name__ == "__main__":
    judges.skip_without_npm()
    unittest.main()
