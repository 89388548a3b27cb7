"""A receiver that refuses everything holds what it is owed, and with it every newer event of the journal, until
the backlog is at its limit: then new events are answered with 429 and nothing of them is kept, while
everything else goes on; and they are taken again once nothing is owed to that receiver any more."""

import json
import unittest

from receivers import Receiver
from service import WEBHOOKS, ServiceTest, wait_for, webhook

LIMIT = 64 << 20  # bytes; the least that the setting takes


class Backlog(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8", "--journal-backlog-bytes", str(LIMIT),
                 "--journal-segment-bytes", "4MiB", "--retention-bytes", "64MiB")

    def post(self, service, event_type, name, count=40):
        """The answer to events of 50 KB each, and their ids."""
        events = [{"event_id": f"{name}-{i}", "event_type": event_type,
                   "metadata": {"padding": "x" * 50_000}} for i in range(count)]
        return service.post_events(events), {event["event_id"] for event in events}

    def subscribe(self, service, name, event_type, answer=None):
        receiver = Receiver(answer)
        self.addCleanup(receiver.close)
        made = service.call("POST", WEBHOOKS, webhook(name, [event_type], receiver.url))
        self.assertEqual(made.status, 201, made.body)
        return receiver

    def fill(self, service):
        """Events that nobody wants, until they are refused: how many bytes were taken."""
        for number in range(1_000):
            answer, _ = self.post(service, "unwanted.event", f"u{number}")
            if answer.status == 429:
                self.assert_error(answer, 429, "TooManyRequestsError")
                self.assertGreater(int(answer.headers["retry-after"]), 0)
                self.assertEqual(service.call("GET", f"/v1/events/u{number}-0").status, 404)
                return number * 40 * 50_000
            # Or it came to the limit in the middle of a body: what was stored by then is counted.
            if answer.status == 503:
                self.assertLess(answer.json["error"]["details"]["accepted"], 40)
            else:
                self.assertEqual(answer.status, 202, answer.body)
        self.fail("it was never refused")

    def test_one_receiver_holds_the_backlog_until_nothing_is_owed_to_it(self):
        service = self.start_first()
        self.subscribe(service, "refusing", "refused.*", lambda number: (500, {}, b""))
        healthy = self.subscribe(service, "healthy", "wanted.*")
        first, _ = self.post(service, "refused.event", "r", count=1)
        self.assertEqual(first.status, 202)
        taken, ids = self.post(service, "wanted.event", "w")
        self.assertEqual(taken.status, 202)
        self.assertGreater(self.fill(service), LIMIT // 2)

        def arrived():
            return {json.loads(r.body)["event_id"] for r in list(healthy.requests)}
        self.assertTrue(wait_for(lambda: arrived() >= ids, 60), "what others are owed still arrives")
        self.assertEqual(service.call("GET", "/v1/events/r-0").status, 200)
        # The log says who it is, while there is still room.
        known = service.call("GET", f"{WEBHOOKS}refusing").json["webhook_id"]
        self.assertTrue(wait_for(lambda: any(
            "near its limit" in line and f"oldest_owed_to={known}" in line
            and "organization=default" in line
            for line in list(service.log)), 60), service.log[-5:])
        # A pause changes nothing: what is owed waits with it.
        path = f"{WEBHOOKS}refusing"
        paused = service.call("PATCH", path, {"is_active": False},
                              headers={"Content-Type": "application/merge-patch+json"})
        self.assertEqual(paused.status, 200, paused.body)
        self.assertEqual(self.post(service, "unwanted.event", "paused")[0].status, 429)
        self.assertEqual(service.call("DELETE", path).status, 204)
        self.assertTrue(wait_for(
            lambda: self.post(service, "wanted.event", "again")[0].status == 202, 60))
        self.assertTrue(wait_for(lambda: "again-0" in arrived(), 60))
        self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
