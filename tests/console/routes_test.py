"""What the console asks of the API for its overview and its pattern tester."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "service"))

from receivers import Receiver  # noqa: E402
from service import WEBHOOKS, ServiceTest, wait_for, webhook  # noqa: E402


class Overview(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8")

    def setUp(self):
        super().setUp()
        self.service = self.start_first()

    def receiver(self, answer):
        receiver = Receiver(answer)
        self.addCleanup(receiver.close)
        return receiver

    def status(self, key=None):
        answer = self.service.call("GET", "/v1/status", key=key)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json

    def test_events_and_attempts_are_counted_and_what_is_owed_is_said(self):
        taking = self.receiver(None)
        failing = self.receiver(lambda number: (503, {}, b""))
        self.service.call("POST", WEBHOOKS, webhook("good", ["a.*"], taking.url))
        self.service.call("POST", WEBHOOKS, webhook("bad", ["b.*"], failing.url))
        events = [{"event_type": "a.x", "event_id": "1"}, {"event_type": "a.x", "event_id": "1"},
                  {"event_type": "a..x"}, {"event_type": "b.x"}, {"event_type": "c.x"}]
        self.assertEqual(self.service.post_events(events).status, 202)
        self.assertTrue(wait_for(lambda: self.status()["owed"]["waiting"] == 1))
        self.assertTrue(wait_for(lambda: self.status()["attempts"]["delivered"] == 1))
        status = self.status()
        self.assertEqual(status["events"],
                         {"accepted": 3, "duplicates": 1, "rejected": 1, "matched": 2})
        self.assertEqual(status["attempts"]["delivered_events"], 1)
        self.assertGreaterEqual(status["attempts"]["failed"], 1)
        self.assertEqual(status["owed"]["deliveries"], 1)
        durations = status["attempts"]["durations"]
        self.assertEqual(sum(each["attempts"] for each in durations),
                         status["attempts"]["failed"] + status["attempts"]["delivered"])
        ends = [each["below_us"] for each in durations]
        self.assertEqual(ends, sorted(ends))

    def test_a_test_of_a_webhook_is_not_counted(self):
        taking = self.receiver(None)
        made = self.service.call("POST", WEBHOOKS, webhook("good", ["a.*"], taking.url)).json
        self.service.call("POST", f"{WEBHOOKS}{made['webhook_id']}/test")
        self.assertEqual(len(taking.requests), 1)
        self.assertEqual(self.status()["attempts"]["delivered"], 0)

    def test_an_organisation_sees_itself_alone(self):
        failing = self.receiver(lambda number: (503, {}, b""))
        self.service.call("POST", WEBHOOKS, webhook("bad", ["b.*"], failing.url))
        self.service.post_events([{"event_type": "b.x"}])
        self.assertTrue(wait_for(lambda: self.status()["owed"]["waiting"] == 1))
        other = self.make_key(organization="other", permissions="read")
        self.assertTrue(wait_for(
            lambda: self.service.call("GET", "/v1/status", key=other).status == 200))
        status = self.status(other)
        self.assertEqual(status["organization"], "other")
        self.assertEqual(status["key"]["permissions"], ["read"])
        self.assertEqual(status["events"]["accepted"], 0)
        self.assertEqual(status["attempts"]["failed"], 0)
        self.assertEqual(status["owed"]["deliveries"], 0)
        found = self.service.call("GET", "/v1/event-types/b.x/webhooks", key=other).json
        self.assertEqual(found, {"results": [], "total": 0})
        self.assert_error(self.service.call("GET", "/v1/status",
                                            key=self.make_key(permissions="ingest")),
                          403, "ForbiddenError")


class PatternTester(ServiceTest):
    def setUp(self):
        super().setUp()
        self.service = self.start_first()

    def names(self, pattern):
        answer = self.service.call("GET", f"/v1/event-types?pattern={pattern}")
        self.assertEqual(answer.status, 200, answer.body)
        return [each["name"] for each in answer.json["results"]]

    def test_a_pattern_selects_the_event_types_that_it_covers(self):
        types = self.service.call("GET", "/v1/event-types").json["results"]
        known = [each["name"] for each in types]
        self.assertEqual(self.names("*"), known)
        self.assertEqual(self.names("**"), known)
        self.assertEqual(self.names("object.created"), ["object.created"])
        self.assertEqual(self.names("cluster.execution.*"),
                         [name for name in known if name.startswith("cluster.execution.")])
        self.assertEqual(self.names("nothing.*"), [])
        refused = self.service.call("GET", "/v1/event-types?pattern=obj*")
        self.assert_error(refused, 422, "ValidationError")
        problem = refused.json["error"]["details"]["validation_errors"][0]
        self.assertEqual(problem["location"], ["query", "pattern"])
        self.assertIn("byte 3", problem["message"])

    def reached(self, event_type, query=""):
        answer = self.service.call("GET", f"/v1/event-types/{event_type}/webhooks{query}")
        self.assertEqual(answer.status, 200, answer.body)
        return [each["webhook_name"] for each in answer.json["results"]], answer.json["total"]

    def test_pages_of_what_an_event_reaches_join_to_the_whole(self):
        names = [f"n{i}" for i in range(23)]
        for name in names:
            self.service.call("POST", WEBHOOKS, webhook(name, ["a.b"]))
        pages = [self.reached("a.b", f"?limit=5&offset={offset}") for offset in range(0, 30, 5)]
        self.assertEqual([name for page, _ in pages for name in page], names[::-1])
        self.assertEqual({total for _, total in pages}, {23})

    def test_an_event_type_finds_the_webhooks_that_it_would_reach_newest_first(self):
        for name, types in (("one", ["a.*"]), ("two", ["**.b"]), ("three", ["a.c"]),
                            ("four", ["*"])):
            self.service.call("POST", WEBHOOKS, webhook(name, types))
        self.service.call("POST", WEBHOOKS, webhook("paused", ["*"], is_active=False))
        self.assertEqual(self.reached("a.b"), (["four", "two", "one"], 3))
        self.assertEqual(self.reached("a.b", "?limit=1&offset=1"), (["two"], 3))
        self.service.call("PATCH", WEBHOOKS + "four", {"is_active": False})
        self.assertEqual(self.reached("x.y"), ([], 0))
        self.assert_error(self.service.call("GET", "/v1/event-types/a.*/webhooks"), 422,
                          "ValidationError")


if __name__ == "__main__":
    unittest.main()
